#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static void fail(const char *call)
{
    perror(call);
    exit(1);
}

/* The address from the environment. */
static struct sockaddr_in peer_address(void)
{
    const char *host = getenv("NETPEER_HOST");
    const char *port = getenv("NETPEER_PORT");
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_port = htons(atoi(port ? port : "8080"));
    address.sin_addr.s_addr = inet_addr(host ? host : "127.0.0.1");
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
    const char *text = "hello\n";
    char answer[1024];
    struct sockaddr_in peer = peer_address();
    int client = socket(AF_INET, SOCK_STREAM, 0);
    if (client < 0)
        fail("socket");
    if (connect(client, (struct sockaddr *)&peer, sizeof peer) < 0)
        fail("connect");
    struct timeval limit = {.tv_sec = 1};
    setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    send_all(client, text, strlen(text));
    ssize_t count = recv(client, answer, sizeof answer, 0);
    if (count < 0 && errno != EAGAIN)
        fail("recv");
    if (count < 0)
        printf("time-out\n");
    else
        printf("%.*s", (int)count, answer);
    close(client);
    return 0;
}
