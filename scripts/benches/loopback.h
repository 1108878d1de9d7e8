/* What the C programs of the benches share: sockets on 127.0.0.1, a clock, and words. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Datagrams handed over or taken at once. */
#define MANY 64
/* No datagram over IPv4 is longer (RFC 791, RFC 768). */
#define LONGEST 65507

static inline void fail(const char *what) {
    perror(what);
    exit(1);
}

static inline long number(const char *text) {
    char *end;
    long number = strtol(text, &end, 10);
    if (*text == 0 || *end != 0 || number < 0) {
        fprintf(stderr, "no number: %s\n", text);
        exit(1);
    }
    return number;
}

static inline struct sockaddr_in loopback(long port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

/* A UDP socket bound to this port, with the receive buffer netpeer asks for. */
static inline int bound(long port) {
    int udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), buffer = 4 << 20;
    struct sockaddr_in local = loopback(port);
    setsockopt(udp, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
    if (udp < 0 || bind(udp, (struct sockaddr *)&local, sizeof local) < 0) fail("bind");
    return udp;
}

/* A UDP socket connected to this port. */
static inline int connected(long port) {
    int udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = loopback(port);
    if (udp < 0 || connect(udp, (struct sockaddr *)&to, sizeof to) < 0) fail("connect");
    return udp;
}

/* Nanoseconds of the monotonic clock. */
static inline int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}
