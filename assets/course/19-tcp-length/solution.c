#include <arpa/inet.h>
#include <ctype.h>
#include <stdint.h>
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

/* Receives exactly so many bytes. */
static void receive_all(int from, char *bytes, size_t count)
{
    while (count > 0) {
        ssize_t received = recv(from, bytes, count, 0);
        if (received < 0)
            fail("recv");
        if (received == 0)
            exit(0);
        bytes += received;
        count -= received;
    }
}

/* Capitals of the letters of ASCII, and of é. */
static void to_capitals(char *text, size_t length)
{
    for (size_t at = 0; at < length; at++) {
        unsigned char byte = text[at];
        if (byte < 0x80)
            text[at] = toupper(byte);
        else if (byte == 0xA9)
            text[at] = (char)0x89;
    }
}

int main(void)
{
    static char text[65536];
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
        uint16_t length;
        receive_all(client, (char *)&length, sizeof length);
        size_t count = ntohs(length);
        receive_all(client, text, count);
        to_capitals(text, count);
        uint16_t before = htons(count);
        send_all(client, (char *)&before, sizeof before);
        send_all(client, text, count);
    }
}
