"""Asks the kernel directly."""
import ctypes
import platform

ANSWERS = {"q1": "c", "q2": "c"}
libc = ctypes.CDLL(None, use_errno=True)
if platform.machine() == "x86_64":
    page = ctypes.create_string_buffer(4096)
    calls = {
        "ptrace": (101, 0x4206, 1, 0, 0),
        "process_vm_readv": (310, 1, page, 1, page, 1, 0),
        "unshare": (272, 0x10000000),
        "setns": (308, 3, 0),
        "mount": (165, b"none", b"/", b"tmpfs", 0, 0),
        "umount2": (166, b"/", 2),
        "pivot_root": (155, b".", b"."),
        "chroot": (161, b"/"),
        "keyctl": (250, 0, -3, 1),
        "add_key": (248, b"user", b"x", b"y", 1, -3),
        "bpf": (321, 0, page, 72),
        "perf_event_open": (298, page, 0, -1, -1, 0),
        "userfaultfd": (323, 1),
        "io_uring_setup": (425, 1, page),
        "memfd_create": (319, b"x", 0),
        "pidfd_open": (434, 1, 0),
        "setsid": (112,),
        "setpgid": (109, 0, 0),
        "setuid": (105, 0),
        "setpriority": (141, 0, 1, 5),
        "set PDEATHSIG": (157, 1, 0, 0, 0, 0),
        "set dumpable": (157, 4, 1, 0, 0, 0),
        "set no_new_privs": (157, 38, 0, 0, 0, 0),
        "seccomp": (317, 0, 0, 0),
        "setrlimit": (160, 1, page),
        "prlimit64": (302, 0, 1, page, 0),
        "name_to_handle_at": (303, -100, b"/", page, page, 0),
        "open_by_handle_at": (304, 3, page, 0),
        "inotify_init1": (294, 0),
        "fanotify_init": (300, 0, 0),
        "personality": (135, 0x0040000),
        "sethostname": (170, b"x", 1),
        "kcmp": (312, 1, 1, 0, 0, 0),
        "syslog": (103, 3, page, 100),
        "vmsplice": (278, 1, page, 1, 0),
        "clone new user": (56, 0x10000000 | 17, 0, 0, 0, 0),
        "clone3": (435, page, 88),
        "sendmsg": (46, 3, page, 0),
        "mknod": (133, b"device", 0o20666, 0x103),
    }
    for name, arguments in calls.items():
        if libc.syscall(*arguments) >= 0:
            print("STOLEN", name, flush=True)
