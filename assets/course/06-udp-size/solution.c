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

int main(void)
{
    static char data[65535];
    char answer[32];
    struct sockaddr_in own = own_address();
    int server = socket(AF_INET, SOCK_DGRAM, 0);
    if (server < 0)
        fail("socket");
    if (bind(server, (struct sockaddr *)&own, sizeof own) < 0)
        fail("bind");
    for (;;) {
        struct sockaddr_in sender;
        socklen_t size = sizeof sender;
        ssize_t count = recvfrom(server, data, sizeof data, 0, (struct sockaddr *)&sender, &size);
        if (count < 0)
            fail("recvfrom");
        snprintf(answer, sizeof answer, "%zd", count);
        if (sendto(server, answer, strlen(answer), 0, (struct sockaddr *)&sender, sizeof sender) < 0)
            fail("sendto");
    }
}
