"""The process on each machine that has torch and pytest ready, and forks a grading for every channel it is sent.

It is a fresh interpreter that was told nothing: neither hand-ins nor seed are in the memory that student code inherits,
and an instructor's Ctrl-C does not reach it. Its standard input is the socket on which the channels come.
"""

import contextlib
import os
import socket

from grader.apart import new_nursery
from grader.request import PACKET, Place


def main() -> None:
    """Hand over channels until the other end closes."""
    requests = socket.socket(fileno=os.dup(0))
    with open(os.devnull, "rb") as null:  # noqa: PTH123
        os.dup2(null.fileno(), 0)
    nursery = new_nursery()
    with contextlib.suppress(OSError):  # the nursery has ended: so does this process, and a new one is started
        while True:
            packet, descriptors, _, _ = socket.recv_fds(requests, PACKET, 1)
            if not packet:
                break
            with socket.socket(fileno=descriptors[0]) as channel:
                nursery.fork_for(channel, Place.decoded(packet))
    nursery.close()
    os._exit(0)


if __name__ == "__main__":
    main()
