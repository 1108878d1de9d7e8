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

int main(void)
{
    const char *text = "what time is it?";
    char reply[1024];
    struct sockaddr_in peer = peer_address();
    int client = socket(AF_INET, SOCK_DGRAM, 0);
    if (client < 0)
        fail("socket");
    if (sendto(client, text, strlen(text), 0, (struct sockaddr *)&peer, sizeof peer) < 0)
        fail("sendto");
    ssize_t count = recvfrom(client, reply, sizeof reply - 1, 0, NULL, NULL);
    if (count < 0)
        fail("recvfrom");
    reply[count] = '\0';
    printf("%s\n", reply);
    close(client);
    return 0;
}
