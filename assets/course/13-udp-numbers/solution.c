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
    char data[2048];
    struct sockaddr_in own = own_address();
    int server = socket(AF_INET, SOCK_DGRAM, 0);
    if (server < 0)
        fail("socket");
    if (bind(server, (struct sockaddr *)&own, sizeof own) < 0)
        fail("bind");
    long expected = 1;
    for (;;) {
        ssize_t count = recvfrom(server, data, sizeof data - 1, 0, NULL, NULL);
        if (count < 0)
            fail("recvfrom");
        data[count] = '\0';
        long number = strtol(data, NULL, 10);
        if (number < expected)
            printf("again %ld\n", number);
        for (long missing = expected; missing < number; missing++)
            printf("lost %ld\n", missing);
        if (number >= expected)
            expected = number + 1;
        /* The output is not a terminal: without this, it stays in a buffer. */
        fflush(stdout);
    }
}
