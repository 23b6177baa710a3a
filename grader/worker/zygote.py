"""The zygote: a process that imported torch once and forks a worker whenever it is asked.

It holds nothing secret, never runs student code, and stays single-threaded: a process that entered OpenMP,
autograd or CUDA must not fork. Requests come one packet at a time over a `SOCK_SEQPACKET` socket.
"""

import contextlib
import gc
import json
import os
import signal
import socket
from typing import Any, Final, NoReturn

import torch

from grader.worker import child, eager, jail
from grader.worker.guard import libraries_of_python
from grader.worker.memory import Forks
from grader.worker.traps import TRAPS

PACKET: Final = 1 << 12


def warm_up() -> None:
    """Make torch ready to fork: one thread, and the lazy parts that a first operation loads."""
    eager.install()
    _full_precision()
    torch.set_num_threads(1)
    with torch.no_grad():
        (torch.ones(3) + 1).sum()
        torch.ones(2, 2) @ torch.ones(2, 2)
    gc.freeze()  # keeps the garbage collector of every process forked from here off the shared pages


def _full_precision() -> None:
    """Have GPUs compute float32 as float32, and the same way every time: by default convolutions use TF32, 10 bits."""
    torch.set_float32_matmul_precision("highest")
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cuda.matmul.allow_fp16_reduced_precision_reduction = False
    torch.backends.cuda.matmul.allow_bf16_reduced_precision_reduction = False
    torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark = True, False


def main(requests: socket.socket) -> NoReturn:
    """Answer requests until the grader closes its end, then end together with all workers."""
    gc.enable()
    try:
        try:
            jail.close_descriptors([requests.fileno()])
            _fill_standard_descriptors(requests.fileno())
            jail.scrub_environment()
            jail.prepare()
            TRAPS.lay()
            libraries_of_python()
            forks = Forks()  # before /proc is that of others
            jail.enter_zygote_namespaces()
        except Exception as error:
            requests.send(json.dumps({"failed": f"{type(error).__name__}: {error}"[:1000]}).encode())
            raise
        _serve(requests, forks)
    finally:
        os._exit(0)


def _fill_standard_descriptors(keep: int) -> None:
    """Put /dev/null on 0, 1 and 2: beginners' code reads and closes standard input, which must not be a channel."""
    null = os.open(os.devnull, os.O_RDWR)
    for standard in {0, 1, 2} - {keep, null}:
        os.dup2(null, standard)


def _serve(requests: socket.socket, forks: Forks) -> None:
    ended: dict[int, dict[str, Any]] = {}
    workers: set[int] = set()
    while True:
        packet, descriptors, _, _ = socket.recv_fds(requests, PACKET, 2)
        if not packet:
            break
        message = json.loads(packet)
        sent: list[int] = []
        if message["do"] == "fork":
            reply, sent = _fork(requests, descriptors)
            forks.add()
            workers.add(reply["pid"])
        elif message["do"] == "reset":
            for pid in workers:
                _reap(pid)
            workers.clear()
            ended.clear()
            reply = {"reset": message["token"]}
        else:
            pid = message["pid"]
            reply = ended.pop(pid) if pid in ended else _reap(pid)
            workers.discard(pid)
        with contextlib.suppress(BrokenPipeError):
            socket.send_fds(requests, [json.dumps(reply).encode()], sent)
        for descriptor in [*descriptors, *sent]:
            os.close(descriptor)
        for pid in [pid for pid in workers if _has_ended(pid)]:  # the grader killed it and asks no questions
            ended[pid] = _reap(pid)
            workers.discard(pid)
    for pid in workers:
        _reap(pid)


def _has_ended(pid: int) -> bool:
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _fork(requests: socket.socket, descriptors: list[int]) -> tuple[dict[str, Any], list[int]]:
    channel, output = descriptors
    zygote = os.getpid()
    pid = jail.fork_worker()
    if pid == 0:
        requests.detach()
        try:
            jail.close_descriptors([channel, output])
            jail.detach_from(zygote)
            child.main(socket.socket(fileno=channel), output)
        finally:
            os._exit(1)
    return {"pid": pid}, [os.pidfd_open(pid)]


def _reap(pid: int) -> dict[str, Any]:
    """Kill a worker and all it started, wait for it, and say how it had ended."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    try:
        _, status, usage = os.wait4(pid, 0)
    except ChildProcessError:
        return {"code": None}
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    return {"code": os.waitstatus_to_exitcode(status), "cpu_s": usage.ru_utime + usage.ru_stime}
