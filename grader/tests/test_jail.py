"""The jail: every attack fails in it, and every layer is what stops some attack.

An attack is data: what it does, and the layers each of which stops it alone. Three things are tested of each: it works
without a jail (else this kernel refuses it anyway, and the test is skipped), it fails in the whole jail, it works again
in a jail without the layers that stop it, and it fails with any one of them. The file is long because the list is.
"""

import contextlib
import ctypes
import errno
import fcntl
import importlib.util
import json
import linecache
import mmap
import os
import platform
import resource
import shutil
import signal
import socket
import stat
import struct
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from grader.worker import jail, landlock, seccomp

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the jail is made of Linux's layers")

LIMITS = jail.Limits(memory_bytes=256 << 20, file_bytes=1 << 20, scratch_bytes=1 << 20)
EVERY_LAYER = frozenset(jail.LAYERS)
NOBODY = 65534
X86 = platform.machine() == "x86_64"
LIBC = ctypes.CDLL(None, use_errno=True)
STUB = "def f():\n    raise ValueError('seven')\n"
PATIENCE_S = 0.3  # how long to look whether a process lives on

# ---------------------------------------------------------------- a worker for one action


@dataclass(frozen=True)
class Outcome:
    """What became of an action in a worker."""

    value: object = None
    error: str = ""
    ended: int | None = None
    layers: tuple[str, ...] = ()


def in_worker(
    action: Callable[[], object],
    room: jail.Room,
    skip: frozenset[str] = frozenset(),
    limits: jail.Limits = LIMITS,
    user: int | None = None,
) -> Outcome:
    """Do what the zygote does: fork, namespaces, fork, jail, then the action; return its value or its error."""
    reading, writing = os.pipe()
    zygote = _fork()
    if zygote == 0:
        try:
            for stream in (0, 2):
                os.dup2(os.open(os.devnull, os.O_RDWR), stream)
            os.dup2(writing, 1)
            jail.close_descriptors([0, 1, 2])
            if "pid-namespace" not in skip:
                jail.enter_zygote_namespaces()
            parent, worker = os.getpid(), jail.fork_worker()
            if worker == 0:
                if "parent-death" not in skip:
                    jail.detach_from(parent)
                if user is not None:
                    os.setgroups([])
                    os.setgid(user)
                    os.setuid(user)
                _report(layers=jail.confine(room, limits, skip=skip))
                _act(action)
            ended = os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1])
            _report(ended=ended)
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = [json.loads(line) for line in pipe.read().splitlines()]
    os.waitpid(zygote, 0)
    merged = {key: value for part in told for key, value in part.items()}
    return Outcome(**{**merged, "layers": tuple(merged.get("layers", ()))})


def _act(action: Callable[[], object]) -> None:
    try:
        _report(value=action())
    except BaseException as error:
        _report(error=f"{type(error).__name__}: {error}")
    os._exit(0)


def _report(**said: object) -> None:
    os.write(1, json.dumps(said).encode() + b"\n")


def _fork() -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a runner of tests may have threads
        return os.fork()


# ---------------------------------------------------------------- what there is to attack


@dataclass(frozen=True)
class Outside:
    """Things of the grader's world that no worker may touch."""

    tcp: int
    udp: int
    abstract: str
    unix: str
    victim: int
    secret_at: int
    shared_memory: int


@dataclass(frozen=True)
class Scene:
    """One worker's room with the folders around it."""

    outside: Outside
    lesson: Path
    reference: Path
    scratch: Path

    @property
    def room(self) -> jail.Room:
        return jail.Room((*jail.interpreter_paths(), str(self.lesson)), str(self.scratch))


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    secret = ctypes.create_string_buffer(b"the answer is 42")
    victim = _fork()
    if victim == 0:
        while True:
            signal.pause()
    name = f"grader-test-{os.getpid()}"
    path = str(tmp_path_factory.mktemp("sockets") / "daemon")
    key = LIBC.shmget(os.getpid(), 4096, 0o1600)  # IPC_CREAT
    with contextlib.ExitStack() as stack:
        stack.callback(LIBC.shmctl, key, 0, None)  # IPC_RMID
        tcp, udp = (stack.enter_context(socket.socket(type=kind)) for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM))
        for server in (tcp, udp):
            server.bind(("127.0.0.1", 0))
        tcp.listen()
        for address in ("\0" + name, path):
            server = stack.enter_context(socket.socket(socket.AF_UNIX))
            server.bind(address)
            server.listen()
        ports = tcp.getsockname()[1], udp.getsockname()[1]
        yield Outside(*ports, name, path, victim, ctypes.addressof(secret), os.getpid())
    os.kill(victim, signal.SIGKILL)
    os.waitpid(victim, 0)


@pytest.fixture
def scene(outside: Outside, tmp_path: Path) -> Scene:
    return set_the_scene(outside, tmp_path / "scene")


def set_the_scene(outside: Outside, folder: Path) -> Scene:
    for name in ("lesson", "reference", "scratch"):
        (folder / name).mkdir(parents=True)
    (folder / "reference" / "secret.py").write_text("the answer is 42")
    (folder / "lesson" / "stub.py").write_text(STUB)
    (folder / "lesson" / "sibling.py").write_text("SEVEN = 7\n")
    (folder / "lesson" / "way_out").symlink_to(folder / "reference" / "secret.py")
    return Scene(outside, folder / "lesson", folder / "reference", folder / "scratch")


@pytest.fixture(scope="session")
def available() -> dict[str, str]:
    return jail.probe()


# ---------------------------------------------------------------- the attacks: each returns what it got


def read_the_reference(scene: Scene) -> object:
    return (scene.reference / "secret.py").read_text()


def list_the_reference(scene: Scene) -> object:
    return os.listdir(scene.reference)


def follow_a_link_out(scene: Scene) -> object:
    return (scene.lesson / "way_out").read_text()


def measure_the_reference(scene: Scene) -> object:
    return os.stat(scene.reference / "secret.py").st_size


def write_to_the_lesson(scene: Scene) -> object:
    return (scene.lesson / "stub.py").write_text("forged")


def make_a_file_elsewhere(scene: Scene) -> object:
    (scene.reference / "conftest.py").write_text("forged")
    return True


def rename_in_the_lesson(scene: Scene) -> object:
    return [(scene.lesson / "stub.py").rename(scene.lesson / "gone.py").name]


def delete_in_the_lesson(scene: Scene) -> object:
    (scene.lesson / "stub.py").unlink()
    return True


def empty_a_file_by_truncate(scene: Scene) -> object:
    os.truncate(scene.lesson / "stub.py", 0)
    return True


def empty_a_file_by_opening_it_to_read(scene: Scene) -> object:
    os.close(os.open(scene.lesson / "stub.py", os.O_RDONLY | os.O_TRUNC))
    return (scene.lesson / "stub.py").stat().st_size == 0


def hard_link_the_reference(scene: Scene) -> object:
    os.link(scene.reference / "secret.py", scene.scratch / "link")
    return True


def plant_a_symbolic_link(scene: Scene) -> object:
    os.symlink(scene.reference / "secret.py", scene.scratch / "link")
    return True


def change_the_mode_of_a_file(scene: Scene) -> object:
    (scene.lesson / "stub.py").chmod(0)
    return True


def change_the_time_of_a_file(scene: Scene) -> object:
    os.utime(scene.lesson / "stub.py", (0, 0))
    return True


def open_a_kernel_setting(scene: Scene) -> object:
    os.close(os.open("/proc/sys/vm/swappiness", os.O_WRONLY))
    return True


def write_to_shared_memory(scene: Scene) -> object:
    with tempfile.NamedTemporaryFile(dir="/dev/shm") as file:
        return file.write(b"x")


def make_a_memory_file(scene: Scene) -> object:
    os.close(os.memfd_create("x"))
    return True


def write_one_large_file(scene: Scene) -> object:
    return (scene.scratch / "large").write_bytes(bytes(LIMITS.file_bytes + 1))


def write_many_files(scene: Scene) -> object:
    for number in range(8):
        (scene.scratch / str(number)).write_bytes(bytes(LIMITS.scratch_bytes // 4))
    return True


def connect_by_tcp(scene: Scene) -> object:
    socket.create_connection(("127.0.0.1", scene.outside.tcp), 2).close()
    return True


def send_by_udp(scene: Scene) -> object:
    with socket.socket(type=socket.SOCK_DGRAM) as udp:
        return udp.sendto(b"x", ("127.0.0.1", scene.outside.udp))


def connect_to_an_abstract_socket(scene: Scene) -> object:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect("\0" + scene.outside.abstract)
    return True


def connect_to_a_daemon(scene: Scene) -> object:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(scene.outside.unix)
    return True


def open_an_alien_shared_memory(scene: Scene) -> object:
    return _checked(LIBC.shmget(scene.outside.shared_memory, 0, 0)) >= 0


def fork(scene: Scene) -> object:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return True


def start_a_program(scene: Scene) -> object:
    os.execv("/bin/echo", ["echo", '{"value": true}'])


def start_hundreds_of_threads(scene: Scene) -> object:
    end = threading.Event()
    threads = [threading.Thread(target=end.wait, daemon=True) for _ in range(300)]
    try:
        for thread in threads:
            thread.start()
    finally:
        end.set()
    return True


def take_private_memory(scene: Scene) -> object:
    return len(bytearray(LIMITS.memory_bytes * 4)) > 0


def take_shared_memory(scene: Scene) -> object:
    return len(mmap.mmap(-1, LIMITS.memory_bytes * 4)) > 0


def open_many_files(scene: Scene) -> object:
    return len([os.open(os.devnull, os.O_RDONLY) for _ in range(200)])


def raise_the_own_limits(scene: Scene) -> object:
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 40, 1 << 40))
    return True


def signal_the_grader(scene: Scene) -> object:
    os.kill(scene.outside.victim, 0)
    return True


def slow_the_grader_down(scene: Scene) -> object:
    os.setpriority(os.PRIO_PROCESS, scene.outside.victim, os.getpriority(os.PRIO_PROCESS, scene.outside.victim) + 1)
    return True


def trace_the_grader(scene: Scene) -> object:
    seize = 0x4206
    _checked(LIBC.ptrace(seize, scene.outside.victim, None, None))
    return True


def read_the_graders_memory_by_system_call(scene: Scene) -> object:
    buffer = ctypes.create_string_buffer(3)
    local, remote = (struct.pack("QQ", at, 3) for at in (ctypes.addressof(buffer), scene.outside.secret_at))
    _checked(LIBC.process_vm_readv(scene.outside.victim, local, 1, remote, 1, 0))
    return buffer.raw.decode()


def read_the_graders_memory_by_file(scene: Scene) -> object:
    with open(f"/proc/{scene.outside.victim}/mem", "rb", buffering=0) as memory:
        memory.seek(scene.outside.secret_at)
        return memory.read(3).decode()


def read_the_graders_environment(scene: Scene) -> object:
    return len(Path(f"/proc/{scene.outside.victim}/environ").read_bytes())


def read_the_graders_command_line(scene: Scene) -> object:
    return len(Path(f"/proc/{scene.outside.victim}/cmdline").read_bytes())


def make_a_user_namespace(scene: Scene) -> object:
    return _checked(LIBC.unshare(0x10000000)) == 0


def outlive_the_grader(scene: Scene) -> object:
    return _checked(LIBC.prctl(1, 0, 0, 0, 0)) == 0


def use_a_capability(scene: Scene) -> object:
    LIBC.umount2(b"/no/such/folder", 0)
    return ctypes.get_errno() == errno.ENOENT  # EPERM comes first for who has none


def use_io_uring(scene: Scene) -> object:
    return _checked(LIBC.syscall(425, 1, bytes(120))) >= 0


def use_a_keyring(scene: Scene) -> object:
    return _checked(LIBC.syscall(250 if X86 else 219, 0, -3, 1)) >= 0  # KEYCTL_GET_KEYRING_ID of the session


def handle_page_faults(scene: Scene) -> object:
    return _checked(LIBC.syscall(323 if X86 else 282, 1)) >= 0  # UFFD_USER_MODE_ONLY


def read_an_inherited_variable(scene: Scene) -> object:
    return os.environ["PATH"]


def _checked(result: int) -> int:
    if result == -1:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


@dataclass(frozen=True)
class Attack:
    """What a submission might do, the layers that stop it alone, and layers that get in its way for some users."""

    run: Callable[[Scene], object]
    stopped_by: tuple[str, ...]
    landlock_abi: int = 1
    also_without: tuple[str, ...] = ()
    as_root: bool = False

    def layers(self) -> tuple[str, ...]:
        """The layers that stop it on this kernel."""
        with contextlib.suppress(OSError):
            if landlock.abi() >= self.landlock_abi:
                return self.stopped_by
        return tuple(name for name in self.stopped_by if name != "landlock")


FILES = ("landlock", "mount-namespace")
OTHER_PROCESS = ("no-capabilities", "user-namespace", "pid-namespace")
ATTACKS = [
    Attack(read_the_reference, FILES),
    Attack(list_the_reference, FILES),
    Attack(follow_a_link_out, FILES),
    Attack(measure_the_reference, ("mount-namespace",)),
    Attack(write_to_the_lesson, FILES),
    Attack(make_a_file_elsewhere, FILES),
    Attack(rename_in_the_lesson, FILES),
    Attack(delete_in_the_lesson, FILES),
    Attack(empty_a_file_by_truncate, (*FILES, "seccomp"), landlock_abi=3),
    Attack(empty_a_file_by_opening_it_to_read, (*FILES, "seccomp"), landlock_abi=3),
    Attack(hard_link_the_reference, (*FILES, "seccomp")),
    Attack(plant_a_symbolic_link, ("landlock", "seccomp")),
    Attack(change_the_mode_of_a_file, ("seccomp", "mount-namespace")),
    Attack(change_the_time_of_a_file, ("seccomp", "mount-namespace")),
    Attack(open_a_kernel_setting, FILES, as_root=True),
    Attack(write_to_shared_memory, FILES),
    Attack(make_a_memory_file, ("seccomp",)),
    Attack(write_one_large_file, ("rlimits",), also_without=("mount-namespace",)),
    Attack(write_many_files, ("mount-namespace",)),
    Attack(connect_by_tcp, ("landlock", "seccomp", "network-namespace"), landlock_abi=4),
    Attack(send_by_udp, ("seccomp", "network-namespace")),
    Attack(connect_to_an_abstract_socket, ("landlock", "seccomp", "network-namespace"), landlock_abi=6),
    Attack(connect_to_a_daemon, ("seccomp", "mount-namespace")),
    Attack(open_an_alien_shared_memory, ("seccomp", "ipc-namespace")),
    Attack(fork, ("seccomp",)),
    Attack(start_a_program, ("landlock", "seccomp"), also_without=("mount-namespace",)),
    Attack(start_hundreds_of_threads, ("rlimits",)),
    Attack(take_private_memory, ("rlimits",)),
    Attack(take_shared_memory, ("rlimits",)),
    Attack(open_many_files, ("rlimits",)),
    Attack(raise_the_own_limits, ("seccomp", "no-capabilities"), also_without=("user-namespace",), as_root=True),
    Attack(signal_the_grader, ("landlock", "seccomp", "pid-namespace"), landlock_abi=6),
    Attack(slow_the_grader_down, ("seccomp", "pid-namespace"), also_without=OTHER_PROCESS),
    Attack(trace_the_grader, ("landlock", "seccomp", "pid-namespace"), also_without=OTHER_PROCESS),
    Attack(
        read_the_graders_memory_by_system_call,
        ("landlock", "seccomp", "pid-namespace", "user-namespace"),
        also_without=OTHER_PROCESS,
    ),
    Attack(read_the_graders_memory_by_file, (*FILES, "user-namespace"), also_without=OTHER_PROCESS),
    Attack(read_the_graders_environment, (*FILES, "user-namespace"), also_without=OTHER_PROCESS),
    Attack(read_the_graders_command_line, FILES),
    Attack(make_a_user_namespace, ("seccomp",)),
    Attack(outlive_the_grader, ("seccomp",)),
    Attack(use_a_capability, ("seccomp", "no-capabilities")),
    Attack(use_io_uring, ("seccomp",)),
    Attack(use_a_keyring, ("seccomp",)),
    Attack(handle_page_faults, ("seccomp",)),
    Attack(read_an_inherited_variable, ("clean-environment",)),
]
# A layer that others need in order to be there.
NEEDS = {
    "landlock": {"no-new-privs"},
    "seccomp": {"no-new-privs"},
    "network-namespace": {"user-namespace"},
    "ipc-namespace": {"user-namespace"},
    "mount-namespace": {"user-namespace"},
}


def only(*layers: str) -> frozenset[str]:
    """What to skip so that nothing but these layers, and what they need, is there."""
    return EVERY_LAYER - set(layers) - {needed for layer in layers for needed in NEEDS.get(layer, ())}


def works_without_a_jail(attack: Attack, scene: Scene) -> Attack:
    if attack.as_root and os.geteuid() != 0:
        pytest.skip("only root could do it")
    outcome = in_worker(lambda: attack.run(scene), scene.room, EVERY_LAYER)
    if not outcome.value:
        pytest.skip(f"this system stops it by itself: {outcome.error}")
    return attack


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.run.__name__)
def test_attack_fails_in_the_jail(attack: Attack, scene: Scene) -> None:
    """In the whole jail an attack gets nothing but an ordinary exception."""
    outcome = in_worker(lambda: attack.run(scene), scene.room)
    assert not outcome.value
    assert outcome.error or outcome.value is False
    assert outcome.ended == 0


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.run.__name__)
def test_attack_works_without_the_layers_that_stop_it(attack: Attack, outside: Outside, tmp_path: Path) -> None:
    """No layer is decoration: with the layers that stop it left out, the rest of the jail does not stop an attack."""
    works_without_a_jail(attack, set_the_scene(outside, tmp_path / "before"))
    scene = set_the_scene(outside, tmp_path / "scene")
    outcome = in_worker(lambda: attack.run(scene), scene.room, frozenset(attack.layers() + attack.also_without))
    assert outcome.value, outcome.error


@pytest.mark.parametrize(
    ("attack", "layer"),
    [pytest.param(a, layer, id=f"{a.run.__name__}-{layer}") for a in ATTACKS for layer in a.stopped_by],
)
def test_one_layer_stops_the_attack_alone(
    attack: Attack,
    layer: str,
    outside: Outside,
    tmp_path: Path,
    available: dict[str, str],
) -> None:
    """Each layer said to stop an attack does so without the others."""
    if available[layer] != jail.ACTIVE:
        pytest.skip(available[layer])
    if layer not in attack.layers():
        pytest.skip("this kernel's Landlock is too old for it")
    works_without_a_jail(attack, set_the_scene(outside, tmp_path / "before"))
    scene = set_the_scene(outside, tmp_path / "scene")
    outcome = in_worker(lambda: attack.run(scene), scene.room, only(layer))
    assert layer in outcome.layers
    assert not outcome.value


def test_every_layer_stops_something() -> None:
    """The attacks below and the tests after them cover every layer."""
    elsewhere = {"new-session", "parent-death", "no-new-privs"}
    assert {layer for attack in ATTACKS for layer in attack.stopped_by} | elsewhere == EVERY_LAYER


# ---------------------------------------------------------------- attacks that take more than one process


def test_signal_by_owner_of_a_descriptor(scene: Scene, available: dict[str, str]) -> None:
    """A worker cannot have the kernel send a signal for it, by naming the grader as owner of a descriptor."""
    stopped_by = ("landlock", "seccomp", "pid-namespace")
    if not _dies_by_descriptor_owner(scene, EVERY_LAYER):
        pytest.skip("this system stops it by itself")
    assert not _dies_by_descriptor_owner(scene, frozenset())
    assert _dies_by_descriptor_owner(scene, frozenset(stopped_by))
    for layer in stopped_by:
        if available[layer] == jail.ACTIVE and not (layer == "landlock" and landlock.abi() < landlock.SCOPES_SINCE):
            assert not _dies_by_descriptor_owner(scene, only(layer)), layer


def _dies_by_descriptor_owner(scene: Scene, skip: frozenset[str]) -> bool:
    victim = _fork()
    if victim == 0:
        time.sleep(60)
        os._exit(0)

    def attack() -> None:
        reading, writing = os.pipe()
        f_setsig = 10
        fcntl.fcntl(reading, fcntl.F_SETOWN, victim)
        fcntl.fcntl(reading, f_setsig, signal.SIGKILL)
        fcntl.fcntl(reading, fcntl.F_SETFL, os.O_ASYNC)
        os.write(writing, b"x")

    in_worker(attack, scene.room, skip)
    died = os.waitpid(victim, os.WNOHANG)[0] == victim
    if not died:
        os.kill(victim, signal.SIGKILL)
        os.waitpid(victim, 0)
    return died


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a program with the set-user-ID bit")
def test_setuid_program_gains_nothing() -> None:
    """no_new_privs: a worker that could start a set-user-ID program would still not become its owner."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        program = shutil.copy(shutil.which("id") or "/usr/bin/id", folder)
        Path(program).chmod(0o4755)
        room = jail.Room((folder,), None)

        def attack() -> None:
            os.execv("/bin/sh", ["sh", "-c", f"echo {{\\\"value\\\": $({program} -u)}}"])

        without = in_worker(attack, room, EVERY_LAYER, user=NOBODY)
        if without.value != 0:
            pytest.skip("the folder's file system honours no set-user-ID bit")
        assert in_worker(attack, room, only("no-new-privs"), user=NOBODY).value == NOBODY


def _lives_on(reading: int) -> bool:
    """Whether some process still holds the other end of a pipe."""
    os.set_blocking(reading, False)
    limit = time.monotonic() + PATIENCE_S
    while time.monotonic() < limit:
        try:
            if not os.read(reading, 1 << 16):
                return False
        except BlockingIOError:
            time.sleep(0.01)
    return True


def _run_and_kill(room: jail.Room, skip: frozenset[str], *, kill: str) -> bool:
    """Have a worker start three grandchildren that hide, kill one process or group; return whether any lives on."""
    reading, writing = os.pipe()
    pids, pids_end = os.pipe()
    zygote = _fork()
    if zygote == 0:
        if "pid-namespace" not in skip:
            jail.enter_zygote_namespaces()
        worker = jail.fork_worker()
        if worker == 0:
            jail.close_descriptors([writing, pids_end])
            jail.confine(room, replace(LIMITS, processes=True), skip=skip)
            for _ in range(3):
                if os.fork() == 0:
                    signal.signal(signal.SIGTERM, signal.SIG_IGN)
                    with contextlib.suppress(OSError):
                        os.setsid()
                    time.sleep(20)
                    os._exit(0)
            os.write(pids_end, b"ready")
            time.sleep(20)
            os._exit(0)
        os.close(writing)
        os.read(pids, 5)
        if kill == "worker":
            os.kill(worker, signal.SIGKILL)
        elif kill == "group":
            with contextlib.suppress(ProcessLookupError):
                os.killpg(worker, signal.SIGKILL)
        if kill != "zygote":
            os.waitpid(worker, 0)
        os._exit(0)
    os.close(writing)
    os.waitpid(zygote, 0)
    try:
        return _lives_on(reading)
    finally:
        for descriptor in (reading, pids, pids_end):
            os.close(descriptor)
