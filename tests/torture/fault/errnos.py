"""The errors of each system call, as its man page names them and a session can meet them."""

import errno
import os

FULL = ["EMFILE", "ENFILE", "ENOMEM"]
MESSAGE = ["EAGAIN", "EINTR", "ENOBUFS", "ENOMEM"]
PATH = ["EACCES", "ENOENT", "ELOOP", "ENOMEM"]
ROUTE = ["ENETUNREACH", "EHOSTUNREACH", "ENETDOWN", "EPERM", "ECONNREFUSED", "EMSGSIZE"]

ERRORS = {
    # Sockets.
    "socket": ["EACCES", "EAFNOSUPPORT", "ENOBUFS", *FULL],
    "bind": ["EACCES", "EADDRINUSE", "EADDRNOTAVAIL", "ENOMEM"],
    "listen": ["EADDRINUSE"],
    "connect": ["ECONNREFUSED", "ETIMEDOUT", "ENETUNREACH", "EADDRNOTAVAIL", "EACCES", "EAGAIN"],
    "accept4": ["EAGAIN", "EINTR", "ECONNABORTED", "EPERM", "ENOBUFS", *FULL],
    "setsockopt": ["ENOPROTOOPT", "ENOMEM", "EPERM"],
    "getsockopt": ["ENOPROTOOPT", "ENOBUFS"],
    "getsockname": ["ENOBUFS"],
    "getpeername": ["ENOTCONN", "ENOBUFS"],
    "sendto": [*MESSAGE, *ROUTE, "ECONNRESET", "EPIPE"],
    "sendmsg": [*MESSAGE, *ROUTE, "ECONNRESET", "EPIPE"],
    "sendmmsg": [*MESSAGE, *ROUTE, "ENOSYS"],
    "recvfrom": [*MESSAGE[:2], "ECONNRESET", "ETIMEDOUT", "ENOMEM"],
    "recvmsg": [*MESSAGE[:2], "ECONNREFUSED", "ENOMEM"],
    "recvmmsg": [*MESSAGE[:2], "ECONNREFUSED", "ENETDOWN", "ENOMEM", "ENOSYS"],
    "shutdown": ["ENOTCONN", "ENOBUFS"],
    "socketpair": ["EAFNOSUPPORT", *FULL],
    # Descriptors that wait.
    "epoll_create1": FULL,
    "epoll_ctl": ["ENOMEM", "ENOSPC"],
    "epoll_wait": ["EINTR"],
    "eventfd2": FULL,
    "epoll_pwait": ["EINTR"],
    "poll": ["EINTR", "ENOMEM"],
    "ppoll": ["EINTR", "ENOMEM"],
    "timerfd_create": FULL,
    "timerfd_settime": ["ECANCELED"],
    "pipe2": ["EMFILE", "ENFILE"],
    "pidfd_open": FULL,
    "inotify_init1": FULL,
    "fcntl": ["EMFILE"],
    "dup": ["EMFILE"],
    "dup2": ["EINTR", "EMFILE"],
    "ioctl": ["ENOTTY", "ENODEV"],
    # Files.
    "openat": ["EINTR", "ENOSPC", "EROFS", *PATH, "EMFILE", "ENFILE"],
    "open": ["EINTR", "ENOSPC", "EROFS", *PATH, "EMFILE", "ENFILE"],
    "read": ["EINTR", "EIO"],
    "pread64": ["EINTR", "EIO"],
    "write": ["EINTR", "EIO", "ENOSPC", "EDQUOT", "EFBIG", "EPIPE"],
    "writev": ["EINTR", "EIO", "ENOSPC", "EDQUOT", "EFBIG", "EPIPE"],
    "pwrite64": ["EINTR", "EIO", "ENOSPC"],
    "copy_file_range": ["EIO", "ENOSPC", "EXDEV", "ENOSYS"],
    "sendfile": ["EIO", "EINVAL"],
    "close": ["EINTR", "EIO"],
    "fstat": ["ENOMEM"],
    "newfstatat": PATH,
    "statx": [*PATH, "ENOSYS"],
    "access": PATH,
    "faccessat2": PATH,
    "readlink": PATH,
    "readlinkat": PATH,
    "getdents64": ["ENOENT", "EIO"],
    "getcwd": ["ENOENT", "EACCES"],
    "lseek": ["ESPIPE"],
    "fsync": ["EIO", "ENOSPC"],
    "fdatasync": ["EIO", "ENOSPC"],
    "ftruncate": ["EIO", "EFBIG", "ENOSPC"],
    "fallocate": ["ENOSPC", "EOPNOTSUPP", "EIO"],
    "flock": ["EINTR", "ENOLCK", "EWOULDBLOCK"],
    "fchmod": ["EIO", "EPERM", "EROFS"],
    "chmod": ["EIO", "EPERM", "EROFS"],
    "fchmodat": ["EIO", "EPERM", "EROFS"],
    "mkdir": ["EACCES", "ENOSPC", "EROFS", "EEXIST"],
    "link": ["EPERM", "ENOSPC", "EMLINK"],
    "linkat": ["EPERM", "ENOSPC", "EMLINK", "EEXIST"],
    "rename": ["EACCES", "ENOSPC", "EROFS", "EIO"],
    "renameat2": ["EACCES", "ENOSPC", "EROFS", "EINVAL"],
    "renameat": ["EACCES", "ENOSPC", "EROFS", "EIO"],
    "unlink": ["EACCES", "EROFS", "EIO"],
    "unlinkat": ["EACCES", "EROFS", "EIO"],
    "statfs": ["EINTR", "EIO", "ENOSYS"],
    "fstatfs": ["EINTR", "EIO", "ENOSYS"],
    "fadvise64": ["EINVAL"],
    # Threads and processes.
    "clone3": ["EAGAIN", "ENOMEM"],
    "clone": ["EAGAIN", "ENOMEM"],
    "wait4": ["EINTR"],
    "waitid": ["EINTR"],
    "sysinfo": ["ENOSYS"],
    "getrandom": ["EAGAIN", "EINTR", "ENOSYS"],
    "sched_getaffinity": ["EPERM"],
    "prlimit64": ["EPERM"],
}

# Calls that a trace shows and that are left alone, each with its reason.
LEFT_OUT = {
    "prctl": "names a thread; the standard library does without, and so does the program",
    "execve": "the program is not there yet",
    "exit": "never returns", "exit_group": "never returns",
    "mmap": "memory: Rust ends the process where an allocation fails",
    "munmap": "fails for wrong arguments only",
    "shmat": "memory that the display shares",
    "mremap": "memory, as mmap", "brk": "memory, as mmap",
    "madvise": "advice; its result is ignored",
    "mprotect": "the loader and the allocator only; a refused thread is clone3",
    "futex": "locks of std: errors of its man page are wrong arguments",
    "set_tid_address": "cannot fail", "set_robust_list": "start of a thread in libc",
    "rseq": "start of a thread in libc", "arch_prctl": "start of the process in libc",
    "rt_sigaction": "fails for wrong arguments only",
    "rt_sigprocmask": "fails for wrong arguments only", "sigaltstack": "start of a thread in std",
    "rt_sigreturn": "no call of the program",
    "sched_yield": "cannot fail", "getpid": "cannot fail", "gettid": "cannot fail",
    "getuid": "cannot fail", "geteuid": "cannot fail", "getgid": "cannot fail",
    "getegid": "cannot fail", "getppid": "cannot fail", "umask": "cannot fail",
    "uname": "fails for wrong arguments only",
    "restart_syscall": "no call of the program",
    "clock_nanosleep": "goes on by itself after a signal",
    "kill": "the end of a child process", "tgkill": "the end of the process",
}

# An error that the object behind a descriptor cannot give is no fault: a pattern of the call's
# line in the trace, errors, and the reason.
FULL_DISK = {"EIO", "ENOSPC", "EDQUOT", "EFBIG", "EROFS"}
IMPOSSIBLE = [
    (r"(read|write)v?\(\d+<anon_inode:\[(eventfd|timerfd)", FULL_DISK | {"EPIPE", "EINTR"},
     "an eventfd or timerfd has no disk, and does not sleep"),
    (r"/proc/", {"EROFS", "ENOSPC", "ELOOP"}, "files of the kernel are not on a disk"),
    (r"(read|write)v?\(\d+<pipe:", FULL_DISK - {"EIO"}, "a pipe has no disk"),
    (r"(read|write)v?\(\d+<(UNIX|UDP|TCP|socket:)", FULL_DISK, "a socket has no disk"),
    (r"NETLINK", {"ECONNREFUSED"}, "the kernel answers; glibc aborts at it"),
    (r"GRND_INSECURE", {"EAGAIN"}, "random bytes that need not be safe never wait"),
    (r"close\(\d+</usr/share/zoneinfo>", {"EIO"}, "a folder that was read has nothing to write"),
]


# The program's own words for errors whose symbol it leaves out (`reason` and `failure` in
# assets/locales/en.ron).
WORDS = {
    "ENOENT": ("there is no such file", "there is no such folder"),
    "EACCES": ("permission denied", "Permission denied"),
    "EPERM": ("permission denied", "Permission denied"),
    "EEXIST": ("it is there already",),
    "EFBIG": ("it is too large",),
    "ENOSPC": ("disk is full",),
    "ECONNRESET": ("reset the connection",),
    "EPIPE": ("reset the connection", "its reader has"),
}
# Errors that a function of the C library gives for that of its system call: pthread_create(3).
GIVEN = {("clone3", "ENOMEM"): "EAGAIN"}


def words_of(name, call):
    """How a message names this error of a call: its symbol, the words of the C library, or the program's."""
    names = {name, GIVEN.get((call, name), name)}
    return [words for each in names
            for words in (each, os.strerror(getattr(errno, each)), *WORDS.get(each, ()))]
