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
import select
import shutil
import signal
import socket
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

from grader.worker import jail, landlock

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the jail is made of Linux's layers")

LIMITS = jail.Limits(memory_bytes=256 << 20, file_bytes=1 << 20, scratch_bytes=1 << 20)
EVERY_LAYER = frozenset(jail.LAYERS)
NOBODY = 65534
X86 = platform.machine() == "x86_64"
LIBC = ctypes.CDLL(None, use_errno=True)
STUB = "def f():\n    raise ValueError('seven')\n"
LOOK_S, WAIT_S = 0.2, 20.0  # how long to look whether a process lives on, and how long to wait for its end

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
    return len(list(scene.reference.iterdir()))


def follow_a_link_out(scene: Scene) -> object:
    return (scene.lesson / "way_out").read_text()


def measure_the_reference(scene: Scene) -> object:
    return (scene.reference / "secret.py").stat().st_size


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
    (scene.scratch / "link").symlink_to(scene.reference / "secret.py")
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
    return len(mmap.mmap(-1, LIMITS.memory_bytes * 4, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)) > 0


def take_shared_memory(scene: Scene) -> object:
    return len(mmap.mmap(-1, LIMITS.memory_bytes * 4)) > 0


def open_many_files(scene: Scene) -> object:
    return len([os.open(os.devnull, os.O_RDONLY) for _ in range(200)])


def raise_the_own_limits(scene: Scene) -> object:
    for number in (1 << 20, 1 << 40):
        resource.setrlimit(resource.RLIMIT_FSIZE, (number, number))
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
    with Path(f"/proc/{scene.outside.victim}/mem").open("rb", buffering=0) as memory:
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
    os.chroot("/")
    return True


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
    Attack(raise_the_own_limits, ("seccomp", "no-capabilities"), also_without=OTHER_PROCESS, as_root=True),
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


def works_without_a_jail(attack: Attack, scene: Scene) -> None:
    if attack.as_root and os.geteuid() != 0:
        pytest.skip("only root could do it")
    outcome = in_worker(lambda: attack.run(scene), scene.room, EVERY_LAYER)
    if not outcome.value:
        pytest.skip(f"this system stops it by itself: {outcome.error}")


def need(available: dict[str, str], *layers: str) -> None:
    """Skip a test unless one of these layers is there."""
    if not any(available[layer] == jail.ACTIVE for layer in layers):
        pytest.skip(" ".join(sorted({available[layer] for layer in layers})))


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.run.__name__)
def test_attack_fails_in_the_jail(attack: Attack, scene: Scene, available: dict[str, str]) -> None:
    """In the whole jail an attack gets nothing but an ordinary exception."""
    need(available, *attack.layers())
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
    scene: Scene,
    available: dict[str, str],
) -> None:
    """Each layer said to stop an attack does so without the others."""
    need(available, layer)
    if layer not in attack.layers():
        pytest.skip("this kernel's Landlock is too old for it")
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
    assert not _dies_by_descriptor_owner(scene, frozenset(), LOOK_S)
    assert _dies_by_descriptor_owner(scene, frozenset(stopped_by), WAIT_S)
    for layer in stopped_by:
        if available[layer] == jail.ACTIVE and not (layer == "landlock" and landlock.abi() < landlock.SCOPES_SINCE):
            assert not _dies_by_descriptor_owner(scene, only(layer), LOOK_S), layer


def _dies_by_descriptor_owner(scene: Scene, skip: frozenset[str], wait_s: float) -> bool:
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
    end = os.pidfd_open(victim)
    died = bool(select.select([end], [], [], wait_s)[0])
    os.close(end)
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
            os.execv("/bin/sh", ["sh", "-c", f'echo {{\\"value\\": $({program} -u)}}'])

        without = in_worker(attack, room, EVERY_LAYER, user=NOBODY)
        if without.value != 0:
            pytest.skip("the folder's file system honours no set-user-ID bit")
        assert in_worker(attack, room, only("no-new-privs"), user=NOBODY).value == NOBODY


def _survives(room: jail.Room, skip: frozenset[str], kill: str, children: int, wait_s: float) -> bool:
    """Have a worker start children that hide, kill a process or a group; return whether any of them lives on."""
    watch, alive = os.pipe()
    lifeline, held = os.pipe()
    ready, says_ready = os.pipe()
    zygote = _fork()
    if zygote == 0:
        if "pid-namespace" not in skip:
            jail.enter_zygote_namespaces()
        parent, worker = os.getpid(), jail.fork_worker()
        if worker == 0:
            jail.close_descriptors([alive, lifeline, says_ready])
            if "parent-death" not in skip:
                jail.detach_from(parent)
            jail.confine(room, replace(LIMITS, processes=True), skip=skip)
            if all(os.fork() for _ in range(children)):  # in the worker itself
                os.write(says_ready, b"x")
            with contextlib.suppress(OSError):
                os.setsid()
            os.read(lifeline, 1)
            os._exit(0)
        os.close(alive)
        os.read(ready, 1)
        with contextlib.suppress(ProcessLookupError):
            if kill == "worker":
                os.kill(worker, signal.SIGKILL)
            elif kill == "group":
                os.killpg(worker, signal.SIGKILL)
        if kill == "shadow":
            os.write(says_ready, b"y")
            os.waitpid(worker, 0)
        os._exit(0)
    os.close(alive)
    if kill == "shadow":
        while os.read(ready, 1) != b"y":
            os.write(says_ready, b"x")
            time.sleep(0.001)
        os.kill(zygote, signal.SIGKILL)
    os.waitpid(zygote, 0)
    lives = not select.select([watch], [], [], wait_s)[0]
    for descriptor in (watch, lifeline, held, ready, says_ready):
        os.close(descriptor)  # which lets survivors end
    return lives


def test_killing_a_worker_kills_all_it_started(scene: Scene, available: dict[str, str]) -> None:
    """pid-namespace: children of a worker that may fork end with it, wherever they hide."""
    need(available, "pid-namespace")
    assert _survives(scene.room, frozenset({"pid-namespace"}), "worker", 3, LOOK_S)
    assert not _survives(scene.room, frozenset(), "worker", 3, WAIT_S)


def test_killing_the_group_kills_all_it_started(scene: Scene, available: dict[str, str]) -> None:
    """new-session: without pid namespaces, children cannot leave the process group by which they are killed."""
    need(available, "seccomp")
    assert _survives(scene.room, frozenset({"pid-namespace", "new-session"}), "group", 3, LOOK_S)
    assert not _survives(scene.room, frozenset({"pid-namespace"}), "group", 3, WAIT_S)


def test_end_of_the_zygote_ends_its_workers(scene: Scene) -> None:
    """parent-death: no worker outlives the process that forked it."""
    assert _survives(scene.room, frozenset({"pid-namespace", "parent-death"}), "nothing", 0, LOOK_S)
    assert not _survives(scene.room, frozenset({"pid-namespace"}), "nothing", 0, WAIT_S)


def test_killing_the_zygote_from_outside_ends_everything(scene: Scene, available: dict[str, str]) -> None:
    """The process id that the grader knows is the shadow's; its death takes zygote, workers and their children along."""
    need(available, "pid-namespace")
    assert not _survives(scene.room, frozenset(), "shadow", 3, WAIT_S)


def test_processor_time_is_bounded(scene: Scene) -> None:
    """rlimits: a worker that computes for ever is killed, also as process 1 of a pid namespace."""

    def forever() -> None:
        signal.signal(signal.SIGXCPU, signal.SIG_IGN)
        while True:
            pass

    assert in_worker(forever, scene.room, limits=replace(LIMITS, cpu_s=1)).ended == -signal.SIGKILL


# ---------------------------------------------------------------- the filter of system calls

# name: (number on x86-64, number on aarch64). No worker, and no library in it, has a reason to make these calls.
FORBIDDEN_CALLS = {
    "acct": (163, 89),
    "add_key": (248, 217),
    "bpf": (321, 280),
    "chroot": (161, 51),
    "execve": (59, 221),
    "execveat": (322, 281),
    "fanotify_init": (300, 262),
    "finit_module": (313, 273),
    "inotify_init1": (294, 26),
    "io_uring_setup": (425, 425),
    "kcmp": (312, 272),
    "keyctl": (250, 219),
    "kexec_load": (246, 104),
    "memfd_create": (319, 279),
    "mknodat": (259, 33),
    "mount": (165, 40),
    "mq_open": (240, 180),
    "msgget": (68, 186),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "perf_event_open": (298, 241),
    "personality": (135, 92),
    "pidfd_getfd": (438, 438),
    "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424),
    "pivot_root": (155, 41),
    "process_madvise": (440, 440),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "reboot": (169, 142),
    "request_key": (249, 218),
    "recvmsg": (47, 212),
    "rt_sigqueueinfo": (129, 138),
    "seccomp": (317, 277),
    "semget": (64, 190),
    "sendmsg": (46, 211),
    "setns": (308, 268),
    "setpgid": (109, 154),
    "setrlimit": (160, 164),
    "setsid": (112, 157),
    "setuid": (105, 146),
    "shmget": (29, 194),
    "socket": (41, 198),
    "socketpair": (53, 199),
    "splice": (275, 76),
    "swapon": (167, 224),
    "sync": (162, 81),
    "tkill": (200, 130),
    "truncate": (76, 45),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
    "vmsplice": (278, 75),
}


def test_forbidden_calls_are_refused(scene: Scene, available: dict[str, str]) -> None:
    """seccomp: dangerous calls answer EPERM before the kernel looks at their arguments."""
    need(available, "seccomp")

    def call_all() -> dict[str, int]:
        codes = {}
        for name, numbers in FORBIDDEN_CALLS.items():
            ctypes.set_errno(0)
            LIBC.syscall(numbers[not X86], -1, -1, -1, -1, -1, -1)
            codes[name] = ctypes.get_errno()
        return codes

    outcome = in_worker(call_all, scene.room, only("seccomp"))
    assert outcome.value == dict.fromkeys(FORBIDDEN_CALLS, errno.EPERM)


def test_calls_newer_than_the_tables_are_absent(scene: Scene, available: dict[str, str]) -> None:
    """seccomp: unknown calls, clone3 and openat2 answer ENOSYS, so that the C library uses older ones; so do x32 numbers."""
    need(available, "seccomp")
    clone3, openat2 = 435, 437
    numbers = [clone3, openat2, 451, 1000, 0x40000000 + 1] if X86 else [clone3, openat2, 451, 1000]

    def call_all() -> list[int]:
        codes = []
        for number in numbers:
            LIBC.syscall(number, -1, -1, -1, -1)
            codes.append(ctypes.get_errno())
        return codes

    assert in_worker(call_all, scene.room).value == [errno.ENOSYS] * len(numbers)


def test_judged_arguments(available: dict[str, str]) -> None:
    """seccomp: threads yes, namespaces and children no; own signals yes; descriptors yes, but no owner for their signals."""
    need(available, "seccomp")

    def judge() -> list[str]:
        verdicts = []
        thread = threading.Thread(target=verdicts.append, args=("thread",))
        thread.start()
        thread.join()
        for name, action in {
            "signal itself": lambda: os.kill(os.getpid(), signal.SIGCONT),
            "signal a group": lambda: os.kill(0, signal.SIGCONT),
            "signal all": lambda: os.kill(-1, 0),
            "duplicate": lambda: fcntl.fcntl(1, fcntl.F_DUPFD_CLOEXEC, 10),
            "own": lambda: fcntl.fcntl(1, fcntl.F_SETOWN, os.getpid()),
            "name": lambda: _checked(LIBC.prctl(15, b"name", 0, 0, 0)),
            "dumpable": lambda: _checked(LIBC.prctl(4, 1, 0, 0, 0)),
            "read limits": lambda: resource.getrlimit(resource.RLIMIT_AS),
            "set limits": lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)),
        }.items():
            with contextlib.suppress(PermissionError, ValueError):
                action()
                verdicts.append(name)
        return verdicts

    outcome = in_worker(judge, jail.Room(jail.interpreter_paths()), only("seccomp"))
    assert outcome.value == ["thread", "signal itself", "duplicate", "name", "read limits"]


def test_children_if_the_exercise_allows_them(scene: Scene, available: dict[str, str]) -> None:
    """With `processes` a worker may fork and signal its children, but still not start programs or make namespaces."""
    need(available, "seccomp")
    need(available, "pid-namespace", "landlock")  # otherwise it may signal no one

    def fork_and_kill() -> int:
        child = os.fork()
        if child == 0:
            time.sleep(20)
        os.kill(child, signal.SIGTERM)
        return os.waitpid(child, 0)[1]

    limits = replace(LIMITS, processes=True)
    assert in_worker(fork_and_kill, scene.room, limits=limits).value == signal.SIGTERM
    for attack in (start_a_program, make_a_user_namespace, signal_the_grader):
        assert not in_worker(lambda attack=attack: attack(scene), scene.room, limits=limits).value


def test_nothing_can_be_written_without_scratch_folder(scene: Scene, available: dict[str, str]) -> None:
    """A worker without scratch folder writes nowhere; where only seccomp is left it sees to that."""
    need(available, "seccomp")
    for skip in (frozenset(), only("seccomp")):
        for name in (scene.scratch / "new", scene.lesson / "stub.py"):
            outcome = in_worker(lambda name=name: name.write_text("x"), jail.Room(scene.room.readable), skip)
            assert not outcome.value
            assert "Error" in outcome.error


# ---------------------------------------------------------------- memory and environment of the grader


def test_hidden_memory_is_unreadable(scene: Scene) -> None:
    """`hide_memory` keeps other processes of the same user out of the grader's memory, without any jail."""
    secret = ctypes.create_string_buffer(b"the answer")

    def read_after(prepare: Callable[[], object]) -> object:
        ready, says_ready = os.pipe()
        victim = _fork()
        if victim == 0:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
                LIBC.prctl(4, 1, 0, 0, 0)
            prepare()
            os.write(says_ready, b"x")
            time.sleep(20)
        os.read(ready, 1)
        outside = replace(scene.outside, victim=victim, secret_at=ctypes.addressof(secret))
        attacked = replace(scene, outside=outside)
        user = NOBODY if os.geteuid() == 0 else None
        room = jail.Room(scene.room.readable)
        outcome = in_worker(lambda: read_the_graders_memory_by_file(attacked), room, EVERY_LAYER, user=user)
        os.kill(victim, signal.SIGKILL)
        os.waitpid(victim, 0)
        os.close(ready)
        os.close(says_ready)
        return outcome.value

    if read_after(lambda: None) != "the":
        pytest.skip("this system stops it by itself")
    assert read_after(jail.hide_memory) is None


def test_environment_and_command_line_are_forgotten() -> None:
    """After `scrub_environment` neither /proc nor the memory of the process's start holds a variable or an argument."""
    program = """
import os, sys
from grader.worker import jail
def found():
    secret = "forty" + "two"
    stack = next(line for line in open("/proc/self/maps") if "[stack]" in line)
    begin, end = (int(part, 16) for part in stack.split()[0].split("-"))
    with open("/proc/self/mem", "rb") as memory:
        memory.seek(begin)
        texts = [memory.read(end - begin), open("/proc/self/environ", "rb").read(), open("/proc/self/cmdline", "rb").read()]
    return [secret.encode() in text for text in texts] + [secret in str(os.environ), secret in str(sys.orig_argv)]
before = found()
jail.scrub_environment()
print(before, found())
"""
    done = subprocess.run(
        [sys.executable, "-c", program, "fortytwo"],
        env={"SECRET": "fortytwo", "PYTHONPATH": str(Path(jail.__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == f"{[True] * 5} {[False] * 5}\n", done.stderr


def test_descriptors_are_closed() -> None:
    """`close_descriptors` leaves what is to be kept and nothing else."""

    def remaining() -> list[str]:
        os.dup2(1, 40)
        jail.close_descriptors([1, 40])
        return sorted(entry.name for entry in Path("/proc/self/fd").iterdir())

    assert in_worker(remaining, jail.Room(()), EVERY_LAYER).value == ["0", "1", "40"]  # 0 lists the folder


# ---------------------------------------------------------------- honest code


def test_honest_code_works(scene: Scene) -> None:
    """Imports of siblings and of late standard modules, files in the scratch folder, threads, warnings, tracebacks."""

    def honest() -> dict[str, object]:
        sys.path.insert(0, str(scene.lesson))
        sys.dont_write_bytecode = True
        import sqlite3  # noqa: F401  a shared library of its own that needs another

        import sibling
        import stub

        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            warnings.warn("careful", stacklevel=1)
        try:
            stub.f()
        except ValueError:
            told = traceback.format_exc()
        Path("kept.txt").write_text("kept")
        shutil.copyfile("kept.txt", "copy.txt")
        Path("copy.txt").rename("moved.txt")
        with tempfile.TemporaryDirectory() as folder, tempfile.NamedTemporaryFile() as file:
            Path(folder, "x").write_text("x")
            inside = {str(Path(folder).parent), str(Path(file.name).parent)} == {str(scene.scratch)}
        with Path(os.devnull).open("w") as nothing:
            print("to nowhere", file=nothing)
        with ThreadPoolExecutor(4) as pool:
            squares = list(pool.map(lambda x: x * x, range(4)))
        return {
            "sibling": sibling.SEVEN,
            "warned": str(caught[0].message),
            "line": "raise ValueError('seven')" in told,
            "folder": str(Path.cwd()) == str(scene.scratch) == os.environ["HOME"],
            "moved": Path("moved.txt").read_text(),
            "temporary": inside,
            "squares": squares,
            "random": len(os.urandom(8)),
            "user": os.getuid(),
        }

    linecache.clearcache()
    outcome = in_worker(honest, scene.room)
    assert outcome.error == ""
    assert outcome.value == {
        "sibling": 7,
        "warned": "careful",
        "line": True,
        "folder": True,
        "moved": "kept",
        "temporary": True,
        "squares": [0, 1, 4, 9],
        "random": 8,
        "user": os.getuid(),
    }


TRAINING = """
import os, sys
import torch
torch.set_num_threads(1)
with torch.no_grad():
    (torch.ones(3) + 1).sum(); torch.ones(2, 2) @ torch.ones(2, 2)
from grader.worker import jail
jail.prepare()
def train():
    torch.set_num_threads(2)
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(300, 200), torch.nn.ReLU(), torch.nn.Linear(200, 1))
    data = torch.utils.data.TensorDataset(torch.randn(64, 300), torch.randn(64, 1))
    rate, losses = 0.01, []
    for x, y in torch.utils.data.DataLoader(data, batch_size=16, shuffle=True, num_workers=0):
        loss = ((net(x) - y) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            for parameter in net.parameters():
                parameter -= rate * parameter.grad
                parameter.grad = None
        losses.append(loss.item())
    (torch.randn(600, 600, requires_grad=True) @ torch.randn(600, 600)).sum().backward()
    torch.linalg.svd(torch.randn(20, 20)); torch.fft.fft(torch.randn(64)); torch.nn.Conv2d(1, 2, 3)(torch.randn(1, 1, 8, 8))
    torch.save(net.state_dict(), "net.pt")
    net.load_state_dict(torch.load("net.pt", weights_only=True))
    return len(losses) == 4 and all(loss == loss for loss in losses)
if os.fork() == 0:
    jail.enter_zygote_namespaces()
    pid = jail.fork_worker()
    if pid == 0:
        layers = jail.confine(jail.Room(jail.interpreter_paths(), sys.argv[1]), jail.Limits())
        print(train(), len(layers), flush=True)
    else:
        os.waitpid(pid, 0)
    os._exit(0)
os.wait()
os._exit(0)
"""


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="torch is not installed")
def test_training_works(scene: Scene, available: dict[str, str]) -> None:
    """torch trains inside: autograd, two threads, DataLoader without workers, saving and loading in the scratch folder."""
    done = subprocess.run(
        [sys.executable, "-c", TRAINING, str(scene.scratch)],
        env={**os.environ, "PYTHONPATH": str(Path(jail.__file__).parents[2]), "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    layers = list(available.values()).count(jail.ACTIVE)
    assert done.stdout == f"True {layers}\n", done.stderr


# ---------------------------------------------------------------- what is reported


def test_probe_and_jail_agree(scene: Scene, available: dict[str, str]) -> None:
    """What `probe` calls active is what a worker gets."""
    outcome = in_worker(lambda: None, scene.room)
    assert set(outcome.layers) == {name for name, state in available.items() if state == jail.ACTIVE}
    assert set(available) == EVERY_LAYER


def test_missing_layers_have_a_reason(scene: Scene, available: dict[str, str]) -> None:
    """Layers that a kernel refuses are reported in a sentence each, and the others stay: a jail inside a filter."""
    need(available, "seccomp")
    inside = in_worker(
        lambda: jail._apply(scene.room, LIMITS, frozenset({"parent-death"})), scene.room, only("seccomp")
    )
    states = inside.value
    assert states["clean-environment"] == jail.ACTIVE
    assert states["parent-death"] == "It was left out on request."
    assert states["pid-namespace"] == "The process was not forked into a pid namespace of its own."
    assert states["user-namespace"] == states["mount-namespace"]
    assert states["user-namespace"].startswith("This user may not make namespaces: on Ubuntu see kernel.apparmor")
    assert states["landlock"].startswith("The kernel refused it ([Errno 1] landlock_create_ruleset: Operation not")


def test_missing_scratch_folder_is_an_error(scene: Scene) -> None:
    """A scratch folder that the parent forgot stops the worker instead of leaving it somewhere else."""
    outcome = in_worker(lambda: True, jail.Room((), str(scene.scratch / "no")), frozenset({"mount-namespace"}))
    assert outcome.value is None
    assert not outcome.layers


def test_minimum_is_made_of_layers() -> None:
    """What --strict demands can be had."""
    assert jail.MINIMUM < EVERY_LAYER


def test_paths_of_the_interpreter_hold_no_course() -> None:
    """A virtual environment made in the course's own folder does not open the course to its workers."""
    assert sys.prefix not in jail.interpreter_paths()
    assert not any(Path(__file__).is_relative_to(path) for path in jail.interpreter_paths())
