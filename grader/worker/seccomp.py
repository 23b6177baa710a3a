"""System calls by name: making them, and the filter that says which of them a worker may make.

The filter is a list of what is allowed; everything else is answered with EPERM, so honest code gets an ordinary `PermissionError`.
Calls newer than the tables get ENOSYS instead: the C library then falls back to older ones, which the filter knows.
Man pages: seccomp(2), bpf(4), syscall(2), and the page of each call for its arguments. The numbers for aarch64 come from the
kernel's headers and were never run.
"""

import ctypes
import errno
import functools
import os
import struct
import sys
from collections.abc import Iterable
from dataclasses import dataclass

# name:x86-64:aarch64, "-" where an architecture has no such call.
_FILES = """
read:0:63 write:1:64 pread64:17:67 pwrite64:18:68 readv:19:65 writev:20:66 preadv:295:69 pwritev:296:70
preadv2:327:286 pwritev2:328:287 lseek:8:62 close:3:57 close_range:436:436 stat:4:- fstat:5:80 lstat:6:-
newfstatat:262:79 statx:332:291 access:21:- faccessat:269:48 faccessat2:439:439 readlink:89:- readlinkat:267:78
getdents:78:- getdents64:217:61 getcwd:79:17 chdir:80:49 fchdir:81:50 rename:82:- renameat:264:38
renameat2:316:276 mkdir:83:- mkdirat:258:34 rmdir:84:- unlink:87:- unlinkat:263:35 ftruncate:77:46
fallocate:285:47 fsync:74:82 fdatasync:75:83 flock:73:32 fadvise64:221:223 readahead:187:213 sendfile:40:71
copy_file_range:326:285 statfs:137:43 fstatfs:138:44 umask:95:166 dup:32:23 dup2:33:- dup3:292:24 pipe:22:-
pipe2:293:59 poll:7:- ppoll:271:73 select:23:- pselect6:270:72 epoll_create1:291:20 epoll_ctl:233:21
epoll_wait:232:- epoll_pwait:281:22 eventfd2:290:19
"""
_MEMORY = """
brk:12:214 mmap:9:222 munmap:11:215 mremap:25:216 mprotect:10:226 madvise:28:233 msync:26:227 membarrier:324:283
get_mempolicy:239:236
"""
_THREADS = """
futex:202:98 futex_waitv:449:449 set_robust_list:273:99 set_tid_address:218:96 rseq:334:293 gettid:186:178
arch_prctl:158:- sched_yield:24:124 sched_getaffinity:204:123 sched_getparam:143:121 sched_getscheduler:145:120
sched_get_priority_max:146:125 sched_get_priority_min:147:126 sched_rr_get_interval:148:127 getcpu:309:168
exit:60:93 exit_group:231:94 wait4:61:260 waitid:247:95
"""
_SIGNALS_AND_TIMERS = """
rt_sigaction:13:134 rt_sigprocmask:14:135 rt_sigreturn:15:139 rt_sigsuspend:130:133 rt_sigpending:127:136
rt_sigtimedwait:128:137 sigaltstack:131:132 restart_syscall:219:128 pause:34:- alarm:37:- getitimer:36:102
setitimer:38:103 timer_create:222:107 timer_settime:223:110 timer_gettime:224:108 timer_getoverrun:225:109
timer_delete:226:111
"""
_FACTS = """
clock_gettime:228:113 clock_getres:229:114 clock_nanosleep:230:115 nanosleep:35:101 gettimeofday:96:169
time:201:- times:100:153 getrusage:98:165 getpid:39:172 getppid:110:173 getuid:102:174 geteuid:107:175
getgid:104:176 getegid:108:177 getresuid:118:148 getresgid:120:150 getgroups:115:158 getpgid:121:155
getpgrp:111:- getsid:124:156 getpriority:140:141 uname:63:160 sysinfo:99:179 getrlimit:97:163 getrandom:318:278
capget:125:90
"""
# For the one socket a worker inherits: it cannot make another, and without sendmsg it cannot pass descriptors.
_OWN_SOCKET = "recvfrom:45:207 shutdown:48:210 getsockopt:55:209 getsockname:51:204 getpeername:52:205"
_PROCESSES = "fork:57:- vfork:58:-"
_DEVICES = "mlock:149:228 munlock:150:229 mbind:237:235 set_mempolicy:238:237 sched_setaffinity:203:122"
_BY_ARGUMENT = """
open:2:- openat:257:56 openat2:437:437 fcntl:72:25 ioctl:16:29 kill:62:129 tgkill:234:131 clone:56:220 clone3:435:435
prctl:157:167 prlimit64:302:261 sendto:44:206
"""
# What the jail itself calls before the filter is in place.
_OURS = """
seccomp:317:277 unshare:272:97 setns:308:268 capset:126:91 mount:165:40 umount2:166:39 pivot_root:155:41
open_tree:428:428 move_mount:429:429 mount_setattr:442:442 landlock_create_ruleset:444:444
landlock_add_rule:445:445 landlock_restrict_self:446:446
"""
_COLUMNS = {"x86_64": 1, "aarch64": 2}
_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_NEWEST = 450  # set_mempolicy_home_node, the newest call the tables were read from

_LOAD, _AND, _RETURN = 0x20, 0x54, 0x06  # BPF_LD|W|ABS, BPF_ALU|AND|K, BPF_RET|K
_IF_EQUAL, _IF_ABOVE, _IF_AT_LEAST = 0x15, 0x25, 0x35  # BPF_JMP|JEQ|K, JGT, JGE
_CALL_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data

_RET_ALLOW, _RET_ERRNO, _RET_KILL_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000
_SECCOMP_SET_MODE_FILTER, _SECCOMP_FILTER_FLAG_TSYNC = 1, 1

_CLONE_THREAD = 0x00010000
_CLONE_NEW_NAMESPACES_OR_PARENT = 0x7E028000  # every CLONE_NEW* flag, and CLONE_PARENT
_O_ACCMODE, _O_CREAT, _O_TRUNC, _O_APPEND = 3, 0o100, 0o1000, 0o2000
_FCNTL_DENIED = (8, 10, 15, 1024, 1026)  # F_SETOWN, F_SETSIG, F_SETOWN_EX (signals to others), F_SETLEASE, F_NOTIFY
_IOCTL_ALLOWED = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)  # TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIO(N)CLEX
_PRCTL_ALLOWED = (15, 16, 0x53564D41)  # PR_SET_NAME, PR_GET_NAME, PR_SET_VMA
_OWN_PID = 0xFEEDF00D  # stands in the program until the worker knows its process id


@dataclass(frozen=True)
class Filter:
    """What a worker may do beyond the usual: fork, drive a GPU, signal every process it sees; or less: write no file."""

    processes: bool = False
    devices: bool = False
    any_signal: bool = False
    read_only: bool = False


def system_call(name: str, *arguments: object) -> int:
    """Make a system call and return its result; OSError carries the kernel's answer. See syscall(2)."""
    number = _numbers().get(name)
    if number is None:
        raise OSError(errno.ENOSYS, f"{name}: {os.strerror(errno.ENOSYS)}")
    converted = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    result: int = _libc().syscall(ctypes.c_long(number), *converted)
    if result == -1:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")
    return result


def prctl(option: int, *arguments: int) -> int:
    """Change one property of the calling process. The manual page has the same name."""
    return system_call("prctl", option, *arguments, *[0] * (4 - len(arguments)))


def prepare(wanted: Filter) -> None:
    """Build the program of a filter, so that its installation in a forked worker takes no time."""
    _program(wanted)


def install(wanted: Filter) -> None:
    """Put the filter over the calling process, for good. Needs no_new_privs. See seccomp(2)."""
    program = _program(wanted).replace(struct.pack("=I", _OWN_PID), struct.pack("=I", os.getpid()))
    memory = ctypes.create_string_buffer(program, len(program))
    described = _Program(len(program) // 8, ctypes.addressof(memory))
    system_call("seccomp", _SECCOMP_SET_MODE_FILTER, _SECCOMP_FILTER_FLAG_TSYNC, ctypes.byref(described))


class _Program(ctypes.Structure):  # struct sock_fprog
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


@functools.cache
def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    return libc


@functools.cache
def _machine() -> str:
    """The architecture whose tables apply, or "" where there are none (a 32-bit Python has other numbers)."""
    machine = os.uname().machine if sys.platform == "linux" and sys.maxsize > 2**32 else ""
    return machine if machine in _COLUMNS else ""


@functools.cache
def _numbers(*tables: str) -> dict[str, int]:
    """The numbers of the calls in some tables (all, if none is named) on this machine."""
    if not _machine():
        return {}
    everything = (
        _FILES,
        _MEMORY,
        _THREADS,
        _SIGNALS_AND_TIMERS,
        _FACTS,
        _OWN_SOCKET,
        _PROCESSES,
        _DEVICES,
        _BY_ARGUMENT,
        _OURS,
    )
    rows = [row.split(":") for row in " ".join(tables or everything).split()]
    column = _COLUMNS[_machine()]
    return {row[0]: int(row[column]) for row in rows if row[column] != "-"}


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)  # struct sock_filter


_ALLOW = _step(_RETURN, _RET_ALLOW)
_DENY = _step(_RETURN, _RET_ERRNO | errno.EPERM)
_NOT_HERE = _step(_RETURN, _RET_ERRNO | errno.ENOSYS)
_KILL = _step(_RETURN, _RET_KILL_PROCESS)


def _argument(index: int, *, high: bool = False) -> bytes:
    """Load one half of an argument; both architectures store the low half first."""
    return _step(_LOAD, _ARGUMENTS + 8 * index + 4 * high)


def _when(values: Iterable[int], verdict: bytes) -> list[bytes]:
    return [step for value in values for step in (_step(_IF_EQUAL, value, 0, 1), verdict)]


def _null(index: int) -> list[bytes]:
    """Allow a null pointer only."""
    return [_argument(index), _step(_IF_EQUAL, 0, 1, 0), _DENY, _argument(index, high=True), *_when([0], _ALLOW), _DENY]


def _opening(index: int, *, read_only: bool) -> list[bytes]:
    """Judge the flags of open(2). O_TRUNC without writing empties a file, and Landlock before ABI 3 lets it pass."""
    if read_only:
        mask = _step(_AND, _O_ACCMODE | _O_CREAT | _O_TRUNC | _O_APPEND)
        return [_argument(index), mask, *_when([0], _ALLOW), _DENY]
    mask = _step(_AND, _O_ACCMODE | _O_TRUNC)
    return [_argument(index), mask, *_when([_O_TRUNC, _O_TRUNC | _O_ACCMODE], _DENY), _ALLOW]


def _rules(wanted: Filter) -> dict[str, list[bytes]]:
    """The calls whose arguments decide, each with the steps that end in a verdict."""
    new = [_step(_AND, _CLONE_NEW_NAMESPACES_OR_PARENT), *_when([0], _ALLOW), _DENY]
    thread = [_step(_AND, _CLONE_NEW_NAMESPACES_OR_PARENT | _CLONE_THREAD), *_when([_CLONE_THREAD], _ALLOW), _DENY]
    signal = [_ALLOW] if wanted.any_signal else [_argument(0), *_when([_OWN_PID], _ALLOW), _DENY]
    return {
        "open": _opening(1, read_only=wanted.read_only),
        "openat": _opening(2, read_only=wanted.read_only),
        "openat2": [_NOT_HERE],  # its flags lie in memory, where a filter cannot look
        "fcntl": [_argument(1), *_when(_FCNTL_DENIED, _DENY), _ALLOW],
        "ioctl": [_ALLOW] if wanted.devices else [_argument(1), *_when(_IOCTL_ALLOWED, _ALLOW), _DENY],
        "kill": signal,
        "tgkill": signal,
        "clone": [_argument(0), *(new if wanted.processes else thread)],
        "clone3": [_NOT_HERE],  # as openat2; the C library then uses clone
        "prctl": [_argument(0), *_when(_PRCTL_ALLOWED, _ALLOW), _DENY],
        "prlimit64": _null(2),  # reading limits, not setting them
        "sendto": _null(4),  # no address: to the other end of a connected socket
    }


@functools.cache
def _program(wanted: Filter) -> bytes:
    """The filter as BPF: architecture, calls that are judged by argument, then ranges of numbers that are allowed."""
    if not _machine():
        raise OSError(errno.ENOSYS, f"seccomp: {os.strerror(errno.ENOSYS)}")
    tables = [_FILES, _MEMORY, _THREADS, _SIGNALS_AND_TIMERS, _FACTS, _OWN_SOCKET]
    tables += [_PROCESSES] * wanted.processes + [_DEVICES] * wanted.devices
    steps = [_step(_LOAD, _ARCHITECTURE), _step(_IF_EQUAL, _AUDIT_ARCH[_machine()], 1, 0), _KILL]
    steps += [_step(_LOAD, _CALL_NUMBER), _step(_IF_ABOVE, _NEWEST, 0, 1), _NOT_HERE]  # x32 numbers are above, too
    judged = _numbers(_BY_ARGUMENT)
    for name, rule in _rules(wanted).items():
        if name in judged:
            steps += [_step(_IF_EQUAL, judged[name], 0, len(rule)), *rule]
    for low, high in _ranges(_numbers(*tables).values()):
        steps += [_step(_IF_AT_LEAST, low, 0, 2), _step(_IF_ABOVE, high, 1, 0), _ALLOW]
    return b"".join([*steps, _DENY])


def _ranges(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Consecutive numbers drawn together."""
    ranges: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return ranges
