#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/select.h>
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
    char data[1024];
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
    fd_set all;
    FD_ZERO(&all);
    FD_SET(server, &all);
    for (;;) {
        fd_set ready = all;
        if (select(FD_SETSIZE, &ready, NULL, NULL, NULL) < 0)
            fail("select");
        for (int one = 0; one < FD_SETSIZE; one++) {
            if (!FD_ISSET(one, &ready))
                continue;
            if (one == server) {
                int client = accept(server, NULL, NULL);
                if (client < 0)
                    fail("accept");
                FD_SET(client, &all);
                continue;
            }
            ssize_t count = recv(one, data, sizeof data, 0);
            if (count > 0) {
                send_all(one, data, count);
            } else {
                FD_CLR(one, &all);
                close(one);
            }
        }
    }
}
