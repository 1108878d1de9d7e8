/* A preload library that lets the n-th use of a call in one thread fail, or last.
 *
 * NETPEER_FAULT=THREAD:CALL:N:WHAT, where WHAT is an error such as EIO, EIO+ for this use and all
 * after it, or hang=SECONDS. CALL is the name of the system call; THREAD may be `*`.
 * A line for each fault goes to the file NETPEER_FAULT_LOG. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static char thread_name[32], call_name[32], what[32];
static long nth;
static atomic_long used;
static int ready;

static const struct { const char *name; int value; } ERRORS[] = {
#define E(name) {#name, name}
    E(EACCES), E(EADDRINUSE), E(EADDRNOTAVAIL), E(EAFNOSUPPORT), E(EAGAIN), E(EBADF),
    E(ECANCELED), E(ECONNABORTED), E(ECONNREFUSED), E(ECONNRESET), E(EDQUOT), E(EEXIST), E(EFBIG),
    E(EHOSTUNREACH), E(EINTR), E(EINVAL), E(EIO), E(ELOOP), E(EMFILE), E(EMLINK), E(EMSGSIZE),
    E(ENETDOWN), E(ENETUNREACH), E(ENFILE), E(ENOBUFS), E(ENODEV), E(ENOENT), E(ENOLCK),
    E(ENOMEM), E(ENOPROTOOPT), E(ENOSPC), E(ENOSYS), E(ENOTCONN), E(ENOTTY), E(EOPNOTSUPP),
    E(EPERM), E(EPIPE), E(EROFS), E(ESPIPE), E(ETIMEDOUT), E(EWOULDBLOCK), E(EXDEV),
};

__attribute__((constructor)) static void begin(void)
{
    const char *fault = getenv("NETPEER_FAULT");
    ready = fault && sscanf(fault, "%31[^:]:%31[^:]:%ld:%31s", thread_name, call_name, &nth,
                            what) == 4;
    /* Programs that this one starts are left alone. */
    unsetenv("LD_PRELOAD");
}

/* The log names the object behind the descriptor, as strace -y does. */
static void note(const char *call, int fd)
{
    const char *log = getenv("NETPEER_FAULT_LOG");
    char link[64], object[256] = "", line[400];
    if (fd >= 0) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        ssize_t length = syscall(SYS_readlink, link, object, sizeof object - 1);
        object[length > 0 ? length : 0] = 0;
    }
    int size = snprintf(line, sizeof line, "%s(%d<%s>\n", call, fd, object);
    long file = log ? syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND, 0600) : -1;
    if (file >= 0) {
        syscall(SYS_write, file, line, size);
        syscall(SYS_close, file);
    }
}

static void sleep_for(double seconds)
{
    struct timespec rest = {(time_t)seconds, (long)((seconds - (time_t)seconds) * 1e9)};
    while (syscall(SYS_nanosleep, &rest, &rest) == -1 && errno == EINTR)
        ;
}

/* The error of this use, or 0 for none. */
static int fault(const char *call, int fd)
{
    char name[16] = "";
    if (!ready || strcmp(call, call_name))
        return 0;
    prctl(PR_GET_NAME, name);
    if (strcmp(thread_name, "*") && strcmp(thread_name, name))
        return 0;
    long use = atomic_fetch_add(&used, 1) + 1;
    size_t length = strlen(what);
    int from_here_on = length > 0 && what[length - 1] == '+';
    if (use != nth && !(from_here_on && use > nth))
        return 0;
    if (use < nth + 5)
        note(call, fd);
    if (use == nth + 1000)
        note("spins: ", fd);
    if (!strncmp(what, "hang=", 5)) {
        sleep_for(atof(what + 5));
        return 0;
    }
    for (size_t i = 0; i < sizeof ERRORS / sizeof *ERRORS; i++)
        if (!strncmp(what, ERRORS[i].name, length - from_here_on)
            && strlen(ERRORS[i].name) == length - from_here_on)
            return ERRORS[i].value;
    return 0;
}

/* A wrapper of a function with the name of its system call: parameters and their names. */
#define WRAP(result, function, call, fd, parameters, names)                     \
    result function parameters                                                  \
    {                                                                           \
        static result(*real) parameters;                                        \
        if (!real)                                                              \
            real = (result(*) parameters)dlsym(RTLD_NEXT, #function);           \
        int error = fault(call, fd);                                            \
        if (error) {                                                            \
            errno = error;                                                      \
            return (result)-1;                                                  \
        }                                                                       \
        return real names;                                                      \
    }

WRAP(int, socket, "socket", -1, (int a, int b, int c), (a, b, c))
WRAP(int, socketpair, "socketpair", -1, (int a, int b, int c, int d[2]), (a, b, c, d))
WRAP(int, bind, "bind", a, (int a, const struct sockaddr *b, socklen_t c), (a, b, c))
WRAP(int, listen, "listen", a, (int a, int b), (a, b))
WRAP(int, connect, "connect", a, (int a, const struct sockaddr *b, socklen_t c), (a, b, c))
WRAP(int, accept4, "accept4", a, (int a, struct sockaddr *b, socklen_t *c, int d), (a, b, c, d))
WRAP(int, setsockopt, "setsockopt", a, (int a, int b, int c, const void *d, socklen_t e), (a, b, c, d, e))
WRAP(int, getsockopt, "getsockopt", a, (int a, int b, int c, void *d, socklen_t *e), (a, b, c, d, e))
WRAP(int, getsockname, "getsockname", a, (int a, struct sockaddr *b, socklen_t *c), (a, b, c))
WRAP(int, getpeername, "getpeername", a, (int a, struct sockaddr *b, socklen_t *c), (a, b, c))
WRAP(ssize_t, send, "sendto", a, (int a, const void *b, size_t c, int d), (a, b, c, d))
WRAP(ssize_t, sendto, "sendto", a, (int a, const void *b, size_t c, int d, const struct sockaddr *e, socklen_t f), (a, b, c, d, e, f))
WRAP(ssize_t, sendmsg, "sendmsg", a, (int a, const struct msghdr *b, int c), (a, b, c))
WRAP(int, sendmmsg, "sendmmsg", a, (int a, struct mmsghdr *b, unsigned c, int d), (a, b, c, d))
WRAP(ssize_t, recv, "recvfrom", a, (int a, void *b, size_t c, int d), (a, b, c, d))
WRAP(ssize_t, recvfrom, "recvfrom", a, (int a, void *b, size_t c, int d, struct sockaddr *e, socklen_t *f), (a, b, c, d, e, f))
WRAP(ssize_t, recvmsg, "recvmsg", a, (int a, struct msghdr *b, int c), (a, b, c))
WRAP(int, recvmmsg, "recvmmsg", a, (int a, struct mmsghdr *b, unsigned c, int d, struct timespec *e), (a, b, c, d, e))
WRAP(int, shutdown, "shutdown", a, (int a, int b), (a, b))
WRAP(int, epoll_create1, "epoll_create1", -1, (int a), (a))
WRAP(int, epoll_ctl, "epoll_ctl", a, (int a, int b, int c, struct epoll_event *d), (a, b, c, d))
WRAP(int, epoll_wait, "epoll_wait", a, (int a, struct epoll_event *b, int c, int d), (a, b, c, d))
WRAP(int, poll, "poll", -1, (struct pollfd *a, nfds_t b, int c), (a, b, c))
WRAP(int, eventfd, "eventfd2", -1, (unsigned a, int b), (a, b))
WRAP(int, timerfd_create, "timerfd_create", -1, (int a, int b), (a, b))
WRAP(int, timerfd_settime, "timerfd_settime", a, (int a, int b, const struct itimerspec *c, struct itimerspec *d), (a, b, c, d))
WRAP(ssize_t, read, "read", a, (int a, void *b, size_t c), (a, b, c))
WRAP(ssize_t, write, "write", a, (int a, const void *b, size_t c), (a, b, c))
WRAP(ssize_t, writev, "writev", a, (int a, const struct iovec *b, int c), (a, b, c))
WRAP(int, close, "close", a, (int a), (a))
WRAP(ssize_t, getrandom, "getrandom", -1, (void *a, size_t b, unsigned c), (a, b, c))
WRAP(int, fsync, "fsync", a, (int a), (a))
WRAP(int, fdatasync, "fdatasync", a, (int a), (a))
WRAP(int, ftruncate64, "ftruncate", a, (int a, off64_t b), (a, b))
WRAP(off64_t, lseek64, "lseek", a, (int a, off64_t b, int c), (a, b, c))
WRAP(int, rename, "rename", -1, (const char *a, const char *b), (a, b))
WRAP(int, unlink, "unlink", -1, (const char *a), (a))
WRAP(int, link, "link", -1, (const char *a, const char *b), (a, b))
WRAP(int, linkat, "linkat", -1, (int a, const char *b, int c, const char *d, int e), (a, b, c, d, e))
WRAP(int, flock, "flock", a, (int a, int b), (a, b))
WRAP(int, chmod, "chmod", -1, (const char *a, mode_t b), (a, b))
WRAP(int, fchmod, "fchmod", a, (int a, mode_t b), (a, b))
WRAP(ssize_t, readlink, "readlink", -1, (const char *restrict a, char *restrict b, size_t c), (a, b, c))
WRAP(int, mkdir, "mkdir", -1, (const char *a, mode_t b), (a, b))
WRAP(int, statx, "statx", a, (int a, const char *restrict b, int c, unsigned d, struct statx *restrict e), (a, b, c, d, e))
WRAP(ssize_t, copy_file_range, "copy_file_range", a, (int a, off64_t *b, int c, off64_t *d, size_t e, unsigned f), (a, b, c, d, e, f))

int open64(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    mode_t mode = va_arg(rest, mode_t);
    va_end(rest);
    int error = fault("openat", -1);
    if (!error)
        return syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    errno = error;
    return -1;
}

static int control(int fd, int command, long argument)
{
    int error = fault("fcntl", fd);
    if (!error)
        return syscall(SYS_fcntl, fd, command, argument);
    errno = error;
    return -1;
}

int fcntl(int fd, int command, ...)
{
    va_list rest;
    va_start(rest, command);
    long argument = va_arg(rest, long);
    va_end(rest);
    return control(fd, command, argument);
}

int fcntl64(int fd, int command, ...) __attribute__((alias("fcntl")));

int ioctl(int fd, unsigned long request, ...)
{
    va_list rest;
    va_start(rest, request);
    long argument = va_arg(rest, long);
    va_end(rest);
    int error = fault("ioctl", fd);
    if (!error)
        return syscall(SYS_ioctl, fd, request, argument);
    errno = error;
    return -1;
}

/* Refuses a thread: this function gives its error instead of setting errno. */
int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *),
                   void *argument)
{
    static int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    if (!real)
        real = (int (*)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *))
            dlsym(RTLD_NEXT, "pthread_create");
    int error = fault("clone3", -1);
    return error ? error : real(thread, attributes, start, argument);
}
