"""Namespaces: a worker of its own user, network, processes and file tree, and the capabilities it gives up.

Man pages: namespaces(7), user_namespaces(7), pid_namespaces(7), unshare(2), setns(2), pivot_root(2), capabilities(7),
and for the file tree open_tree(2), move_mount(2), mount_setattr(2).
"""

import contextlib
import os
import signal
import stat
import struct
from collections.abc import Iterable
from pathlib import Path

from grader.worker.seccomp import prctl, system_call

FLAGS = {
    "user-namespace": 0x10000000,  # CLONE_NEWUSER
    "network-namespace": 0x40000000,  # CLONE_NEWNET
    "ipc-namespace": 0x08000000,  # CLONE_NEWIPC
    "mount-namespace": 0x00020000,  # CLONE_NEWNS
}
_CLONE_NEWUSER, _CLONE_NEWPID = 0x10000000, 0x20000000
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_CAPBSET_DROP = 1, 4, 24
_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
_CAPABILITY_VERSION_3 = 0x20080522

_MS_NOSUID, _MS_NODEV, _MS_REC, _MS_PRIVATE, _MNT_DETACH = 2, 4, 1 << 14, 1 << 18, 2
_OPEN_TREE_CLONE, _MOVE_MOUNT_F_EMPTY_PATH, _AT_FDCWD, _AT_RECURSIVE = 1, 4, -100, 0x8000
_MOUNT_ATTR_RDONLY, _MOUNT_ATTR_NOSUID = 1, 2
_STAGES = ("/tmp", "/var/tmp", "/run", "/mnt")  # noqa: S108  the new tree is mounted there, nothing is written
_TREE_OPTIONS = b"mode=755,size=256k,nr_inodes=1024"
_SCRATCH_FILES = 4096


def enter_zygote_namespaces() -> OSError | None:
    """Go on as process 1 of new pid and user namespaces, so that each worker can get its own; or return why not.

    To be called once, in the freshly forked zygote, while it is small. A process cannot change its own pid namespace:
    a child goes on, and the first process stays as its shadow, which closes all its descriptors, ends as the child
    ends, and takes it along when killed. The zygote gets a session of its own, away from the terminal's Ctrl-C; as
    process 1 it can be ended from outside by SIGKILL only.
    """
    with contextlib.suppress(OSError, AttributeError):
        os.setsid()
    try:
        _unshare_with_user(_CLONE_NEWUSER | _CLONE_NEWPID)
    except OSError as error:
        return error
    child = os.fork()
    if child:
        close_descriptors([])
        os._exit(abs(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])))
    prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    return None


def fork_worker() -> int:
    """Fork a worker from the zygote and return as os.fork does; it is process 1 of its own pid namespace if possible.

    There it can neither see nor signal others, and all it starts ends with it. unshare alone works only once per
    process (EINVAL), hence the setns back, which takes a zygote that is process 1 of its own namespace.
    """
    if not first_in_pid_namespace():
        return os.fork()
    own = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
    try:
        system_call("unshare", _CLONE_NEWPID)
    except OSError:
        os.close(own)
        return os.fork()
    child = -1
    try:
        child = os.fork()
        return child
    finally:
        if child != 0:
            system_call("setns", own, _CLONE_NEWPID)
        os.close(own)


def detach_from(parent: int) -> None:
    """End this process when `parent`, which has just forked it, ends. See PR_SET_PDEATHSIG in prctl(2)."""
    with contextlib.suppress(OSError):
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() not in {parent, 0}:  # it ended in the meantime; 0 is a parent outside the own pid namespace
        os._exit(1)


def first_in_pid_namespace() -> bool:
    """Whether this process is process 1 of a pid namespace, with its parent outside."""
    return os.getpid() == 1 and os.getppid() == 0


def set_dumpable(*, yes: bool) -> None:
    """Say whether others of the same user may read this process's memory. See PR_SET_DUMPABLE in prctl(2)."""
    with contextlib.suppress(OSError):
        prctl(_PR_SET_DUMPABLE, int(yes))


def close_descriptors(keep: Iterable[int]) -> None:
    """Close every descriptor but those to keep."""
    kept = set(keep)
    try:
        inherited = [int(entry.name) for entry in Path("/proc/self/fd").iterdir()]
    except OSError:
        inherited = list(range(os.sysconf("SC_OPEN_MAX")))
    for descriptor in inherited:
        if descriptor not in kept:
            with contextlib.suppress(OSError):  # the one that listed the folder is closed already
                os.close(descriptor)


def separate(names: Iterable[str]) -> None:
    """Move the calling process, which must have one thread, to new namespaces: all of these or, with OSError, none.

    One call, because a distribution that lets an ordinary user make a user namespace but gives no capabilities in it
    (Ubuntu's AppArmor rule) would otherwise leave the process without a name for its own user.
    """
    flags = sum(FLAGS[name] for name in names)
    if flags & _CLONE_NEWUSER:
        _unshare_with_user(flags)
    elif flags:
        system_call("unshare", flags)


def drop_capabilities() -> None:
    """Give up every capability, also those that an exec would bring back."""
    for capability in range(64):
        try:
            prctl(_PR_CAPBSET_DROP, capability)
        except OSError:  # the last one is passed, or the process may not
            break
    prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)
    system_call("capset", struct.pack("=Ii", _CAPABILITY_VERSION_3, 0), bytes(24))


def enter_room(readable: Iterable[str], scratch: str | None, scratch_bytes: int) -> None:
    """Change the root to an empty tree that holds `readable`, read-only, and a small tmpfs at `scratch`.

    Needs a mount namespace. Every path keeps its name. The pieces are taken up before the new tree is laid over a
    stage, because they may lie below it.
    """
    stage = next(folder for folder in _STAGES if Path(folder).is_dir())
    system_call("mount", 0, b"/", 0, _MS_REC | _MS_PRIVATE, 0)
    pieces = _take_up(readable)
    try:
        system_call("mount", b"tmpfs", os.fsencode(stage), b"tmpfs", _MS_NOSUID | _MS_NODEV, _TREE_OPTIONS)
        try:
            _furnish(stage, pieces, scratch, scratch_bytes)
            os.chdir(stage)
            system_call("pivot_root", b".", b".")
        except OSError:
            system_call("umount2", os.fsencode(stage), _MNT_DETACH)
            raise
    finally:
        for descriptor in pieces.values():
            os.close(descriptor)
    system_call("umount2", b".", _MNT_DETACH)  # the old root, which pivot_root(".", ".") has laid over the new one
    os.chdir("/")


def outermost(paths: Iterable[str]) -> list[str]:
    """Return the paths that do not lie below another of them."""
    kept: list[str] = []
    for path in sorted({os.path.normpath(path) for path in paths}, key=lambda path: path.split("/")):
        if not kept or not f"{path}/".startswith(f"{kept[-1].rstrip('/')}/"):
            kept.append(path)
    return kept


def _unshare_with_user(flags: int) -> None:
    """Make namespaces that include a user namespace, in which the user keeps the own numbers."""
    prctl(_PR_SET_DUMPABLE, 1)  # otherwise the files below belong to root
    user, group = os.geteuid(), os.getegid()
    try:
        system_call("unshare", flags)
        Path("/proc/self/setgroups").write_text("deny", "ascii")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1", "ascii")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1", "ascii")
    finally:
        set_dumpable(yes=False)


def _take_up(paths: Iterable[str]) -> dict[str, int]:
    """Copy the mounts at these paths to descriptors, not yet attached anywhere."""
    flags = _OPEN_TREE_CLONE | os.O_CLOEXEC | _AT_RECURSIVE
    present = [path for path in outermost(paths) if os.access(path, os.R_OK)]
    return {path: system_call("open_tree", _AT_FDCWD, os.fsencode(path), flags) for path in present}


def _furnish(stage: str, pieces: dict[str, int], scratch: str | None, scratch_bytes: int) -> None:
    """Put the pieces at their places below the stage, read-only, and the scratch folder after them."""
    for path, descriptor in pieces.items():
        place = Path(stage + path)
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            place.mkdir(parents=True, exist_ok=True)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.touch()
        system_call("move_mount", descriptor, b"", _AT_FDCWD, os.fsencode(place), _MOVE_MOUNT_F_EMPTY_PATH)
    if scratch:
        Path(stage + scratch).mkdir(parents=True, exist_ok=True)
    attributes = struct.pack("=QQQQ", _MOUNT_ATTR_RDONLY | _MOUNT_ATTR_NOSUID, 0, 0, 0)  # struct mount_attr
    system_call("mount_setattr", _AT_FDCWD, os.fsencode(stage), _AT_RECURSIVE, attributes, len(attributes))
    if scratch:
        options = f"mode=700,size={scratch_bytes},nr_inodes={_SCRATCH_FILES}".encode()
        system_call("mount", b"tmpfs", os.fsencode(stage + scratch), b"tmpfs", _MS_NOSUID | _MS_NODEV, options)
