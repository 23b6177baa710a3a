"""Landlock: the worker reads the folders it is given, writes to its scratch folder, and reaches nothing else.

Man pages: landlock(7), landlock_create_ruleset(2), landlock_add_rule(2), landlock_restrict_self(2).
"""

import functools
import os
import stat
import struct
from collections.abc import Iterable

from grader.worker.seccomp import system_call

_VERSION, _PATH_BENEATH = 1, 1  # LANDLOCK_CREATE_RULESET_VERSION, LANDLOCK_RULE_PATH_BENEATH

_WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_FILE = 1 << 4, 1 << 5, 1 << 7, 1 << 8
_MOVE_BETWEEN_FOLDERS, _TRUNCATE, _CONTROL_DEVICE = 1 << 13, 1 << 14, 1 << 15
_FILE_RIGHTS = _WRITE_FILE | _READ_FILE | _TRUNCATE | _CONTROL_DEVICE

_READ = _READ_FILE | _READ_DIR
# No right to make sockets, fifos, devices or symbolic links, and nowhere the right to execute.
_WRITE = _READ | _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_FILE | _MOVE_BETWEEN_FOLDERS | _TRUNCATE
_DRIVE = _READ_FILE | _WRITE_FILE | _TRUNCATE | _CONTROL_DEVICE

_TCP = 3  # LANDLOCK_ACCESS_NET_BIND_TCP | LANDLOCK_ACCESS_NET_CONNECT_TCP
_SCOPES = 3  # LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | LANDLOCK_SCOPE_SIGNAL
SCOPES_SINCE = 6  # the ABI from which signals stay inside


@functools.cache
def abi() -> int:
    """The version of Landlock this kernel speaks; OSError if none."""
    return system_call("landlock_create_ruleset", 0, 0, _VERSION)


def restrict(readable: Iterable[str], writable: Iterable[str], devices: Iterable[str]) -> None:
    """Confine the calling process to these paths, for good; paths that do not exist are passed over. Needs no_new_privs."""
    version = abi()
    # The rights of ABI 1 are bits 0 to 12; ABI 2, 3 and 5 added one bit each. What a ruleset handles is denied unless a rule allows it.
    files = (1 << 13) - 1
    files |= sum(
        bit for bit, since in ((_MOVE_BETWEEN_FOLDERS, 2), (_TRUNCATE, 3), (_CONTROL_DEVICE, 5)) if version >= since
    )
    attributes = struct.pack("=QQQ", files, _TCP if version >= 4 else 0, _SCOPES if version >= SCOPES_SINCE else 0)
    ruleset = system_call("landlock_create_ruleset", attributes, len(attributes), 0)
    try:
        for paths, rights in ((readable, _READ), (writable, _WRITE), (devices, _DRIVE)):
            for path in paths:
                _allow(ruleset, path, rights & files)
        system_call("landlock_restrict_self", ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # not there, or not for this user: then there is nothing to allow
        return
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights &= _FILE_RIGHTS
        rule = struct.pack("=Qi", rights, descriptor)  # struct landlock_path_beneath_attr is packed
        system_call("landlock_add_rule", ruleset, _PATH_BENEATH, rule, 0)
    finally:
        os.close(descriptor)
