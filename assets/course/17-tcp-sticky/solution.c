#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void fail(const char *call)
{
    perror(call);
    exit(1);
}

/* The port from the environment, on all addresses of the machine. */
static struct sockaddr_in own_address(void)
{
    const char *port = getenv("NETPEER_PORT");
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_port = htons(atoi(port ? port : "8080"));
    address.sin_addr.s_addr = htonl(INADDR_ANY);
    return address;
}

static void send_all(int to, const char *bytes, size_t count)
{
    while (count > 0) {
        ssize_t sent = send(to, bytes, count, MSG_NOSIGNAL);
        if (sent < 0)
            fail("send");
        bytes += sent;
        count -= sent;
    }
}

int main(void)
{
    char waiting[4096];
    size_t length = 0;
    struct sockaddr_in own = own_address();
    int server = socket(AF_INET, SOCK_STREAM, 0);
    if (server < 0)
        fail("socket");
    int on = 1;
    setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(server, (struct sockaddr *)&own, sizeof own) < 0)
        fail("bind");
    if (listen(server, 5) < 0)
        fail("listen");
    int client = accept(server, NULL, NULL);
    if (client < 0)
        fail("accept");
    for (;;) {
        ssize_t count = recv(client, waiting + length, sizeof waiting - length, 0);
        if (count < 0)
            fail("recv");
        if (count == 0)
            break;
        length += count;
        char *end;
        while ((end = memchr(waiting, '\n', length)) != NULL) {
            size_t line = end + 1 - waiting;
            send_all(client, "ok ", 3);
            send_all(client, waiting, line);
            length -= line;
            memmove(waiting, end + 1, length);
        }
    }
    close(client);
    return 0;
}
