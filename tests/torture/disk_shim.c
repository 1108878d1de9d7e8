/* Preloaded into the program: a disk that takes its time, and a clock that is set back and forth.
 *
 * SHIM_SLOW     writes and syncs of files whose path has this text take SHIM_MILLIS each
 * SHIM_STEP     the system's clock is this many seconds ahead in each odd second of the program
 * SHIM_REACHED  a file that is made once one of these happened
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static void reached(void)
{
    static int done;
    const char *path = getenv("SHIM_REACHED");
    if (path && !done) {
        done = 1;
        close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    }
}

static void wait_for_disk(int file)
{
    const char *part = getenv("SHIM_SLOW"), *millis = getenv("SHIM_MILLIS");
    char link[64], path[4096];
    if (!part || !millis)
        return;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0)
        return;
    path[length] = 0;
    if (!strstr(path, part))
        return;
    reached();
    struct timespec pause = {atol(millis) / 1000, atol(millis) % 1000 * 1000000};
    nanosleep(&pause, NULL);
}

ssize_t write(int file, const void *bytes, size_t count)
{
    static ssize_t (*real)(int, const void *, size_t);
    if (!real)
        real = dlsym(RTLD_NEXT, "write");
    wait_for_disk(file);
    return real(file, bytes, count);
}

ssize_t writev(int file, const struct iovec *parts, int count)
{
    static ssize_t (*real)(int, const struct iovec *, int);
    if (!real)
        real = dlsym(RTLD_NEXT, "writev");
    wait_for_disk(file);
    return real(file, parts, count);
}

int fdatasync(int file)
{
    static int (*real)(int);
    if (!real)
        real = dlsym(RTLD_NEXT, "fdatasync");
    wait_for_disk(file);
    return real(file);
}

int fsync(int file)
{
    static int (*real)(int);
    if (!real)
        real = dlsym(RTLD_NEXT, "fsync");
    wait_for_disk(file);
    return real(file);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    static int (*real)(clockid_t, struct timespec *);
    static time_t began;
    const char *step = getenv("SHIM_STEP");
    if (!real)
        real = dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(clock, now);
    if (step && clock == CLOCK_REALTIME && result == 0) {
        struct timespec steady;
        real(CLOCK_MONOTONIC, &steady);
        if (!began)
            began = steady.tv_sec;
        if ((steady.tv_sec - began) % 2) {
            now->tv_sec += atol(step);
            reached();
        }
    }
    return result;
}
