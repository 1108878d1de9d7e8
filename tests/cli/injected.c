/* Stands in for code that a message brings into a session: where the session begins to listen, it
   tries to reach files, programs and ports, and prints what could be done and what was denied. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static void tell(const char *what, int result)
{
    int denied = result < 0 && (errno == EACCES || errno == EPERM);
    if (result < 0 && !denied)
        fprintf(stderr, "injected: %s: %s\n", what, strerror(errno));
    else
        fprintf(stderr, "injected: %s %s\n", denied ? "denied" : "done", what);
}

static const char *prey(const char *name)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", getenv("PREY"), name);
    return path;
}

static int unix_bind(const char *path)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    snprintf(name.sun_path, sizeof name.sun_path, "%s", path);
    int made = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return bind(made, (struct sockaddr *)&name, sizeof name);
}

static int loopback(const char *port, int (*call)(int, const struct sockaddr *, socklen_t))
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(getenv(port)))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int result = call(made, (struct sockaddr *)&address, sizeof address);
    int known = errno;
    close(made);
    errno = known;
    return result;
}

static int run(char *program)
{
    char *arguments[] = {program, NULL};
    pid_t child;
    errno = posix_spawn(&child, program, NULL, NULL, arguments, NULL);
    return errno ? -1 : waitpid(child, NULL, 0);
}

int listen(int descriptor, int backlog)
{
    static int begun;
    if (!begun++) {
        tell("read", open(prey("file"), O_RDONLY | O_CLOEXEC));
        tell("remove", unlink(prey("file")));
        tell("write", open(prey("new"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
        tell("socket", unix_bind(prey("socket")));
        tell("run", run("/bin/true"));
        tell("signal", kill(atoi(getenv("PREY_PROCESS")), 0));
        tell("bind", loopback("PREY_FREE", bind));
        tell("connect", loopback("PREY_TAKEN", connect));
    }
    return syscall(SYS_listen, descriptor, backlog);
}
