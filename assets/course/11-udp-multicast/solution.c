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
    char data[1024];
    struct sockaddr_in own = own_address();
    int server = socket(AF_INET, SOCK_DGRAM, 0);
    if (server < 0)
        fail("socket");
    if (bind(server, (struct sockaddr *)&own, sizeof own) < 0)
        fail("bind");
    struct ip_mreq membership;
    membership.imr_multiaddr.s_addr = inet_addr("239.7.7.7");
    membership.imr_interface.s_addr = inet_addr("127.0.0.1");
    if (setsockopt(server, IPPROTO_IP, IP_ADD_MEMBERSHIP, &membership, sizeof membership) < 0)
        fail("setsockopt");
    for (;;) {
        struct sockaddr_in sender;
        socklen_t size = sizeof sender;
        ssize_t count = recvfrom(server, data, sizeof data - 1, 0, (struct sockaddr *)&sender, &size);
        if (count < 0)
            fail("recvfrom");
        data[count] = '\0';
        printf("%s\n", data);
        /* The output is not a terminal: without this, it stays in a buffer. */
        fflush(stdout);
    }
}
