"""The jail: what a forked worker gives up before it reads a byte that a student wrote.

The layers stand on their own and each is optional, because kernels and containers differ; `confine` says which are
active. With all of them a worker can still read what must be readable (Python, its packages, the own lesson) and use
processor time and memory up to its limits. Without a mount namespace it can also ask for the size and time of any file
and fill its scratch folder with many files. Linux on x86-64; the numbers for aarch64 come from the kernel's headers and
were never run, nor were GPU workers (`Room.devices`). Elsewhere the layers are reported as missing.
"""

import contextlib
import errno
import functools
import os
import signal
import site
import sys
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from grader.worker import landlock, namespaces, seccomp
from grader.worker.namespaces import (
    close_descriptors,
    detach_from,
    enter_zygote_namespaces,
    fork_worker,
    outermost,
    set_dumpable,
)

ACTIVE: Final = "active"
LAYERS: Final = (
    "new-session",
    "parent-death",
    "pid-namespace",
    *namespaces.FLAGS,  # user, network, ipc and mount namespace
    "clean-environment",
    "rlimits",
    "no-capabilities",
    "no-new-privs",
    "landlock",
    "seccomp",
)
MINIMUM: Final = frozenset(
    {"clean-environment", "parent-death", "rlimits", "no-capabilities", "no-new-privs", "landlock", "seccomp"},
)

# Settings of libraries, no secrets; without them a worker would see other devices or start other numbers of threads.
_KEPT_VARIABLES = (
    "CUDA_VISIBLE_DEVICES",
    "LANG",
    "LC_ALL",
    "MKL_NUM_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "SYSTEMROOT",
    "TZ",
)
_SYSTEM_FOLDERS = ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib", "/lib64", "/nix/store")
_SYSTEM_FILES = ("/etc/ld.so.cache", "/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
_GPU_FILES = ("/proc/driver", "/proc/devices", "/proc/cpuinfo", "/proc/meminfo", "/proc/self", "/sys")
_GPU_OPEN_FILES = 1024
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_ARGUMENTS, _ENVIRONMENT = slice(44, 46), slice(46, 48)  # start and end among the numbers of /proc/PID/stat
_THREADS_PER_NAMESPACE_SINCE = (5, 14)  # the kernel before counted every process of the user


@dataclass(frozen=True)
class Limits:
    """Resources of one worker."""

    cpu_s: int = 30
    """Seconds of processor time; the kernel then kills."""
    memory_bytes: int = 2 << 30
    """Address space above what the process has when it is confined."""
    file_bytes: int = 16 << 20
    """Size of any one file."""
    open_files: int = 64
    processes: bool = False
    """Whether it may fork; exec stays denied."""
    threads: int = 64
    """Tasks at once. Holds for an ordinary user in a user namespace; otherwise memory bounds them."""
    scratch_bytes: int = 64 << 20
    """Size of the whole scratch folder. Holds in a mount namespace; otherwise only `file_bytes` does."""


@dataclass(frozen=True)
class Room:
    """What a worker may see."""

    readable: tuple[str, ...]
    """Files and folders it may read: `interpreter_paths()` and the submission's own lesson.

    Real paths: if one is a symbolic link, what it points to is opened, so a link from a student must be resolved and
    judged before.
    """
    scratch: str | None = None
    """The one folder it may write to, made and removed by the parent; becomes cwd, HOME and TMPDIR."""
    devices: bool = False
    """Whether it may use NVIDIA GPUs: their device files, no limit on address space, no mount namespace."""


def prepare() -> None:
    """Do once, in the zygote, what would cost every worker time."""
    interpreter_paths()
    with contextlib.suppress(ImportError):
        import resource  # noqa: F401  a shared library: 1 ms
    with contextlib.suppress(OSError):
        landlock.abi()
    with contextlib.suppress(OSError):
        seccomp.prepare(seccomp.Filter())


@functools.cache
def interpreter_paths() -> tuple[str, ...]:
    """Return the files and folders that Python, torch and their libraries read after the start.

    The prefix itself is not among them: a virtual environment made in the course's own folder would open all of it.
    """
    folders = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    folders += [f"{sys.base_prefix}/lib", *_SYSTEM_FOLDERS]
    if site.ENABLE_USER_SITE:
        folders.append(site.getusersitepackages())
    return tuple(outermost(path for path in (*folders, *_SYSTEM_FILES) if os.access(path, os.R_OK)))


def confine(room: Room, limits: Limits, *, skip: frozenset[str] = frozenset()) -> list[str]:
    """Put the calling process, which must have one thread, into the jail for good; return the layers that are active.

    Raises OSError if the scratch folder is missing. `skip` leaves layers out, for tests.
    """
    states = _apply(room, limits, skip)
    return [name for name in LAYERS if states[name] == ACTIVE]


def probe() -> dict[str, str]:
    """Say for every layer `ACTIVE`, or in one sentence why it is missing; tried out in a child process."""
    if not hasattr(os, "fork"):
        return dict.fromkeys(LAYERS, _NOT_HERE)
    import json
    import tempfile

    reading, writing = os.pipe()
    with tempfile.TemporaryDirectory() as scratch:
        child = os.fork()
        if child == 0:
            try:
                close_descriptors([writing])
                trouble = enter_zygote_namespaces()
                worker = fork_worker()
                if worker == 0:
                    states = _apply(Room(interpreter_paths(), scratch), Limits(), frozenset())
                    if trouble:
                        states["pid-namespace"] = _reason("pid-namespace", trouble)
                    os.write(writing, json.dumps(states).encode())
                else:
                    os.waitpid(worker, 0)
            finally:
                os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            told = pipe.read()
        os.waitpid(child, 0)
    found: dict[str, str] = json.loads(told) if told else dict.fromkeys(LAYERS, _CHILD_DIED)
    return found


def hide_memory() -> None:
    """Keep other processes of the same user from reading this one's memory: for the zygote and the grader."""
    set_dumpable(yes=False)


def scrub_environment() -> None:
    """Forget the environment and the command line, also in the memory where the kernel put them at the start.

    What Python or a library copied elsewhere stays; only a start with a clean environment is free of it.
    """
    _clear_environment()
    sys.argv[:], sys.orig_argv[:] = [""], [""]
    if sys.platform != "linux":
        return
    import ctypes

    told = Path("/proc/self/stat").read_bytes()  # proc_pid_stat(5)
    numbers = [int(field) for field in told.rpartition(b")")[2].split()[1:]]
    for begin, end in (numbers[_ARGUMENTS], numbers[_ENVIRONMENT]):
        ctypes.memset(begin, 0, end - begin)


def _apply(room: Room, limits: Limits, skip: frozenset[str]) -> dict[str, str]:
    """Apply the layers in the order that each needs; say of every layer `ACTIVE` or why it is missing."""
    states = {name: _SKIPPED if name in skip else "" for name in LAYERS}

    def attempt(name: str, action: Callable[[], object]) -> None:
        if not states[name]:
            states[name] = _attempt(name, action)

    used = _address_space()
    set_dumpable(yes=True)  # the zygote is not, and then the files of a process belong to root
    attempt("new-session", _new_session)
    attempt("parent-death", lambda: seccomp.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL))
    attempt("pid-namespace", _check_pid_namespace)
    attempt("rlimits", _go_first)
    if room.devices:
        states["mount-namespace"] = _NOT_WITH_DEVICES
    states |= _separate([name for name in namespaces.FLAGS if not states[name]])
    if states["mount-namespace"] == ACTIVE:
        scratch_bytes = limits.scratch_bytes
        states["mount-namespace"] = ""
        attempt("mount-namespace", lambda: namespaces.enter_room(room.readable, room.scratch, scratch_bytes))
    attempt("clean-environment", lambda: _clean_environment(room.scratch))
    os.chdir(room.scratch or os.sep)
    if states["rlimits"] == ACTIVE:
        states["rlimits"] = _attempt("rlimits", lambda: _limit(_numbers(room, limits, states, used)))
    attempt("no-capabilities", namespaces.drop_capabilities)
    attempt("no-new-privs", lambda: seccomp.prctl(_PR_SET_NO_NEW_PRIVS, 1))
    attempt("landlock", lambda: _landlock(room))
    set_dumpable(yes=False)
    attempt("seccomp", lambda: seccomp.install(_filter(room, limits, states)))
    return states


def _attempt(name: str, action: Callable[[], object]) -> str:
    try:
        action()
    except (OSError, ValueError, AttributeError, ImportError) as error:
        return _reason(name, error)
    return ACTIVE


def _separate(names: list[str]) -> dict[str, str]:
    """Join new namespaces; root can do without a user namespace where that is refused."""
    trouble = ""
    for chosen in (names, [name for name in names if name != "user-namespace"]):
        state = _attempt("namespaces", functools.partial(namespaces.separate, chosen))
        if state == ACTIVE:
            return {name: ACTIVE if name in chosen else trouble for name in names}
        trouble = trouble or state
    return dict.fromkeys(names, trouble)


def _new_session() -> None:
    """Leave the terminal, and lead a process group that can be killed as one. See setsid(2)."""
    if os.getsid(0) != os.getpid():
        os.setsid()


def _check_pid_namespace() -> None:
    if not namespaces.first_in_pid_namespace():
        raise OSError(errno.ECHILD, "")


def _go_first() -> None:
    """Be the first that the kernel kills when the machine runs out of memory. See proc_pid_oom_score_adj(5)."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", "ascii")


def _address_space() -> int:
    """Return the bytes of address space in use, 0 where the system does not say. See proc_pid_statm(5)."""
    try:
        return int(Path("/proc/self/statm").read_bytes().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, AttributeError):
        return 0


def _numbers(room: Room, limits: Limits, states: dict[str, str], used: int) -> dict[str, int]:
    """Return the limits by the names of getrlimit(2)."""
    numbers = {
        "RLIMIT_CORE": 0,
        "RLIMIT_CPU": limits.cpu_s,
        "RLIMIT_FSIZE": limits.file_bytes,
        "RLIMIT_NOFILE": max(limits.open_files, _GPU_OPEN_FILES * room.devices),
    }
    if not room.devices:  # CUDA reserves address space by the terabyte
        numbers["RLIMIT_AS"] = used + limits.memory_bytes
    kernel = os.uname().release.split(".")
    if states["user-namespace"] == ACTIVE and (int(kernel[0]), int(kernel[1])) >= _THREADS_PER_NAMESPACE_SINCE:
        numbers["RLIMIT_NPROC"] = limits.threads
    return numbers


def _limit(numbers: dict[str, int]) -> None:
    """Set soft and hard limits alike: in a pid namespace the signal of the soft one would be ignored. See setrlimit(2)."""
    import resource

    for name, number in numbers.items():
        which = getattr(resource, name)
        hard = resource.getrlimit(which)[1]
        allowed = number if hard == resource.RLIM_INFINITY else min(number, hard)
        resource.setrlimit(which, (allowed, allowed))


def _clear_environment() -> None:
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    os.environ.clear()
    os.environ.update(kept)


def _clean_environment(scratch: str | None) -> None:
    """Leave the few variables that libraries ask for, and forget the zygote's folder for temporary files."""
    _clear_environment()
    os.environ.update(HOME=scratch or os.sep, USER="student", LOGNAME="student")
    if scratch:
        os.environ["TMPDIR"] = scratch
    if tempfile := sys.modules.get("tempfile"):
        tempfile.tempdir = None  # type: ignore[attr-defined]


def _landlock(room: Room) -> None:
    readable, driven = outermost(room.readable), [os.devnull]
    if room.devices:
        readable += _GPU_FILES
        driven += map(str, Path("/dev").glob("nvidia*"))
    landlock.restrict(readable, [room.scratch] if room.scratch else [], driven)


def _filter(room: Room, limits: Limits, states: dict[str, str]) -> seccomp.Filter:
    """Return the filter that fits the other layers: signals are free where they cannot leave, and where nothing else
    protects files and none need be written, none can be.
    """
    scoped = states["landlock"] == ACTIVE and landlock.abi() >= landlock.SCOPES_SINCE
    return seccomp.Filter(
        processes=limits.processes,
        devices=room.devices,
        any_signal=limits.processes and (scoped or states["pid-namespace"] == ACTIVE),
        read_only=not room.scratch and ACTIVE not in {states["landlock"], states["mount-namespace"]},
    )


def _reason(name: str, error: Exception) -> str:
    """Say in a sentence why a layer is missing."""
    if sys.platform != "linux":
        return _NOT_HERE
    code = (error.errno or 0) if isinstance(error, OSError) else errno.ENOSYS
    if (name, code) in _REASONS:
        return _REASONS[name, code]
    if name in {"namespaces", "pid-namespace"} and code in {errno.EPERM, errno.EACCES, errno.ENOSPC, errno.EUSERS}:
        return _NO_NAMESPACES
    return _NOT_HERE if code == errno.ENOSYS else f"The kernel refused it ({error})."


_SKIPPED = "It was left out on request."
_CHILD_DIED = "The process that tried it out has died."
_NOT_HERE = "This system does not have it: it takes Linux on x86-64 or aarch64, and a kernel built with it."
_NOT_WITH_DEVICES = "A worker that uses a GPU has none: it needs the device files and folders of the whole system."
_NO_NAMESPACES = (
    "This user may not make namespaces: on Ubuntu see kernel.apparmor_restrict_unprivileged_userns, "
    "on others user.max_user_namespaces; a container needs a seccomp profile that allows unshare."
)
_REASONS = {
    ("landlock", errno.ENOSYS): "The kernel has no Landlock: it is older than 5.13, or the container hides it.",
    ("landlock", errno.EOPNOTSUPP): "Landlock is switched off: add it to the kernel's boot option lsm=.",
    ("pid-namespace", errno.ECHILD): "The process was not forked into a pid namespace of its own.",
}

__all__ = [
    "ACTIVE",
    "LAYERS",
    "MINIMUM",
    "Limits",
    "Room",
    "close_descriptors",
    "confine",
    "detach_from",
    "enter_zygote_namespaces",
    "fork_worker",
    "hide_memory",
    "interpreter_paths",
    "prepare",
    "probe",
    "scrub_environment",
]
