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
    const char *text = "1\n2\n3\n";
    char answer[1024];
    size_t length = 0;
    struct sockaddr_in peer = peer_address();
    int client = socket(AF_INET, SOCK_STREAM, 0);
    if (client < 0)
        fail("socket");
    if (connect(client, (struct sockaddr *)&peer, sizeof peer) < 0)
        fail("connect");
    send_all(client, text, strlen(text));
    shutdown(client, SHUT_WR);
    for (;;) {
        ssize_t count = recv(client, answer + length, sizeof answer - length, 0);
        if (count < 0)
            fail("recv");
        if (count == 0)
            break;
        length += count;
    }
    printf("%.*s\n", (int)length, answer);
    close(client);
    return 0;
}
