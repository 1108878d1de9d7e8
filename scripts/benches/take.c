/* The least that receives: recvmmsg of 64 at a time, into memory, with a receive buffer of
 * 4 MiB. It ends when its standard input does.
 *
 * take PORT KEEP   KEEP 1 keeps every datagram, 0 only counts them
 *
 * Prints how many datagrams came, and how many different numbers they began with (see
 * examples/sender.rs; 0 if nothing was kept). */
#include "loopback.h"
#include <poll.h>

/* Bytes of the number, and how much may be kept. */
enum { DIGITS = 10 };
#define KEPT ((size_t)1 << 30)

static char *kept;
static size_t used;

static void keep(const char *bytes, unsigned length) {
    if (used + sizeof length + length > KEPT) {
        fprintf(stderr, "more than fits\n");
        exit(1);
    }
    memcpy(kept + used, &length, sizeof length);
    memcpy(kept + used + sizeof length, bytes, length);
    used += sizeof length + length;
}

static long different(long most) {
    unsigned char *seen = calloc((size_t)most / 8 + 1, 1);
    long count = 0;
    if (!seen) fail("calloc");
    for (size_t at = 0; at < used;) {
        unsigned length;
        char digits[DIGITS + 1] = "";
        memcpy(&length, kept + at, sizeof length);
        if (length >= DIGITS) memcpy(digits, kept + at + sizeof length, DIGITS);
        long which = strtol(digits, NULL, 10);
        if (digits[0] && which < most && !(seen[which / 8] >> (which % 8) & 1)) {
            seen[which / 8] |= (unsigned char)(1 << (which % 8));
            count++;
        }
        at += sizeof length + length;
    }
    return count;
}

int main(int count, char **words) {
    if (count != 3) return 2;
    int udp = bound(number(words[1]));
    int keeps = number(words[2]) != 0;
    static char bytes[MANY][LONGEST];
    struct iovec slices[MANY];
    struct sockaddr_in peers[MANY];
    struct mmsghdr headers[MANY];
    /* Pages that nothing reaches are never touched. */
    kept = keeps ? malloc(KEPT) : NULL;
    if (keeps && !kept) fail("malloc");
    long came = 0;
    struct pollfd both[] = {{.fd = udp, .events = POLLIN}, {.fd = 0, .events = POLLIN}};
    for (;;) {
        for (int at = 0; at < MANY; at++) {
            slices[at] = (struct iovec){.iov_base = bytes[at], .iov_len = LONGEST};
            headers[at].msg_hdr = (struct msghdr){
                .msg_iov = &slices[at], .msg_iovlen = 1, .msg_name = &peers[at], .msg_namelen = sizeof peers[at]};
        }
        int taken = recvmmsg(udp, headers, MANY, MSG_DONTWAIT, NULL);
        if (taken < 0 && errno != EAGAIN) fail("recvmmsg");
        for (int at = 0; at < taken && keeps; at++) keep(bytes[at], headers[at].msg_len);
        came += taken > 0 ? taken : 0;
        if (taken > 0) continue;
        if (poll(both, 2, -1) < 0) fail("poll");
        if (both[1].revents) break;
    }
    printf("%ld %ld\n", came, keeps ? different(1L << 27) : 0);
    return 0;
}
