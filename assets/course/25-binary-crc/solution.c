#include <arpa/inet.h>
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

static uint16_t crc(const unsigned char *bytes, size_t count)
{
    uint16_t value = 0xFFFF;
    for (size_t at = 0; at < count; at++) {
        value ^= bytes[at];
        for (int bit = 0; bit < 8; bit++)
            value = value & 1 ? value >> 1 ^ 0xA001 : value >> 1;
    }
    return value;
}

int main(void)
{
    unsigned char data[256];
    unsigned char answer[256];
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
        if (count != 8)
            continue;
        uint16_t sum = crc(data, 6);
        if (data[6] != (sum & 0xFF) || data[7] != sum >> 8)
            continue;
        int first = data[2] << 8 | data[3];
        int registers = data[4] << 8 | data[5];
        if (registers > 100)
            continue;
        answer[0] = data[0];
        answer[1] = data[1];
        answer[2] = 2 * registers;
        for (int at = 0; at < registers; at++) {
            int value = 100 + first + at;
            answer[3 + 2 * at] = value >> 8;
            answer[4 + 2 * at] = value & 0xFF;
        }
        int length = 3 + 2 * registers;
        sum = crc(answer, length);
        answer[length] = sum & 0xFF;
        answer[length + 1] = sum >> 8;
        if (sendto(server, answer, length + 2, 0, (struct sockaddr *)&sender, sizeof sender) < 0)
            fail("sendto");
    }
}
