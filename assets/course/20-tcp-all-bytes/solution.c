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

/* Receives exactly so many bytes. */
static void receive_all(int from, char *bytes, size_t count)
{
    while (count > 0) {
        ssize_t received = recv(from, bytes, count, 0);
        if (received < 0)
            fail("recv");
        if (received == 0)
            exit(1);
        bytes += received;
        count -= received;
    }
}

int main(void)
{
    char digits[11] = "";
    char answer[64];
    struct sockaddr_in peer = peer_address();
    int client = socket(AF_INET, SOCK_STREAM, 0);
    if (client < 0)
        fail("socket");
    if (connect(client, (struct sockaddr *)&peer, sizeof peer) < 0)
        fail("connect");
    receive_all(client, digits, 10);
    size_t size = strtoul(digits, NULL, 10);
    char *data = malloc(size);
    if (data == NULL)
        fail("malloc");
    receive_all(client, data, size);
    snprintf(answer, sizeof answer, "received %zu\n", size);
    send_all(client, answer, strlen(answer));
    free(data);
    close(client);
    return 0;
}
