"""Frames over a socket: a JSON header, and the raw bytes that it speaks of.

A frame is `>IQ` (length of the header, length of the body), the header, the body. Every length is checked against the
bounds of the wire before memory is asked for.
"""

import contextlib
import json
import os
import select
import socket
import struct
import time
from collections.abc import Callable
from typing import Any, Final

from grader.worker.wire import BOUNDS, NotDataError, WireError

_PREFIX: Final = struct.Struct(">IQ")
_PIECE: Final = 1 << 14
_LARGEST_PIECE: Final = 1 << 20


def pack(header: dict[str, Any], blobs: list[bytes]) -> bytes:
    """Return one frame; raises `NotDataError` when it would break the bounds."""
    text = json.dumps({**header, "blobs": [len(blob) for blob in blobs]}, separators=(",", ":")).encode("ascii")
    body = b"".join(blobs)
    if len(text) > BOUNDS.header or len(body) > BOUNDS.body:
        raise NotDataError("the values are too large to be graded")
    return _PREFIX.pack(len(text), len(body)) + text + body


def numbered(frame: bytes, number: int) -> bytes:
    """Return a frame whose header also says which message it is, as `n`."""
    size, rest = _PREFIX.unpack_from(frame)
    end = _PREFIX.size + size
    text = b'%b,"n":%d}' % (frame[_PREFIX.size : end - 1], number)
    return b"".join((_PREFIX.pack(len(text), rest), text, frame[end:]))


def unpack(text: bytes | bytearray, body: bytes | bytearray) -> tuple[dict[str, Any], list[memoryview]]:
    """Return the header and the blobs of a frame; raises `WireError`."""
    try:
        header = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WireError("a message is not JSON") from error
    lengths = header.get("blobs") if isinstance(header, dict) else None
    if (
        not isinstance(lengths, list)
        or len(lengths) > BOUNDS.nodes
        or any(type(n) is not int or n < 0 for n in lengths)
    ):
        raise WireError("a message does not say how long its parts are")
    if sum(lengths) != len(body):
        raise WireError("a message's parts do not fill its body")
    view, blobs, start = memoryview(body), [], 0
    for length in lengths:
        blobs.append(view[start : start + length])
        start += length
    return header, blobs


def frame_of(data: bytes) -> tuple[dict[str, Any], list[memoryview]]:
    """Return the header and the blobs of what `pack` made; raises `WireError`."""
    if len(data) < _PREFIX.size:
        raise WireError("a message is cut off")
    end = _PREFIX.size + _PREFIX.unpack_from(data)[0]
    return unpack(data[_PREFIX.size : end], data[end:])


class Channel:
    """One end of a stream of frames."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._end.setblocking(False)
        self._here = bytearray()
        """What has come and was not asked for yet: most frames come in one piece."""

    def fileno(self) -> int:
        """Return the descriptor, for `select`."""
        return self._end.fileno()

    def close(self) -> None:
        """Close this end; a second time does nothing."""
        self._end.close()

    def send(self, header: dict[str, Any], blobs: list[bytes], *, wait: Callable[[int], None]) -> None:
        """Send one frame; `wait(event)` blocks until the descriptor is ready and may raise to give up."""
        self.send_frame(pack(header, blobs), wait=wait)

    def send_frame(self, frame: bytes, *, wait: Callable[[int], None]) -> None:
        """Send a frame that `pack` made."""
        data = memoryview(frame)
        while data:
            try:
                data = data[self._end.send(data) :]
            except BlockingIOError:
                wait(select.POLLOUT)

    def receive(self, *, wait: Callable[[int], None]) -> tuple[dict[str, Any], list[memoryview]]:
        """Receive one frame; raises `EOFError` at the end of the stream and `WireError` for a malformed one."""
        return unpack(*self.receive_frame(wait=wait))

    def receive_frame(self, *, wait: Callable[[int], None]) -> tuple[bytearray, bytearray]:
        """Receive header and body of a frame as they came."""
        header_size, body_size = _PREFIX.unpack(self._exactly(_PREFIX.size, wait))
        if header_size > BOUNDS.header or body_size > BOUNDS.body:
            raise WireError("a message is larger than allowed")
        text = self._exactly(header_size, wait)
        return text, self._exactly(body_size, wait)

    def _exactly(self, size: int, wait: Callable[[int], None]) -> bytearray:
        while len(self._here) < size:
            try:
                part = self._end.recv(min(max(size - len(self._here), _PIECE), _LARGEST_PIECE))
            except BlockingIOError:
                wait(select.POLLIN)
                continue
            except ConnectionError:
                part = b""
            if not part:
                raise EOFError
            self._here += part
        data = self._here[:size]
        del self._here[:size]
        return data


def wait_forever(descriptor: int) -> Callable[[int], None]:
    """Return a `wait` for `Channel` that blocks without a limit (the worker's side)."""
    poll = select.poll()

    def wait(event: int) -> None:
        poll.register(descriptor, event)
        poll.poll()

    return wait


def drain(descriptor: int, tail: bytearray, keep: int) -> bool:
    """Read what a non-blocking pipe holds into `tail`, keeping its last `keep` bytes; False at its end."""
    limit = time.monotonic() + 0.05  # a flood must not hold up the deadline
    with contextlib.suppress(BlockingIOError):
        while time.monotonic() < limit:
            part = os.read(descriptor, 1 << 16)
            if not part:
                return False
            tail += part
            if len(tail) > 2 * keep:
                del tail[:-keep]
    return True
