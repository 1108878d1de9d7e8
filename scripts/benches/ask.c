/* Round trips, one at a time, to several servers in turn, so that all of them meet the
 * machine in the same state: a thousand to the first, a thousand to the second, and again.
 *
 * ask COUNT SIZE PORT...   at least COUNT round trips to each, of SIZE bytes
 *
 * Prints for each port: median, p99 and longest, in nanoseconds. The first fifty after
 * another server's turn are not counted. */
#include "loopback.h"

enum { TURN = 1000, WARM_UP = 50 };

struct server {
    long port;
    int udp;
    int64_t *times;
    size_t count;
};

/* One round trip; its number comes back, or it was lost. */
static int64_t trip(struct server *server, char *bytes, size_t size, uint64_t which) {
    char back[LONGEST];
    memcpy(bytes, &which, sizeof which);
    int64_t began = now();
    if (send(server->udp, bytes, size, 0) < 0) fail("send");
    do {
        ssize_t length = recv(server->udp, back, sizeof back, 0);
        if (length < 0) {
            fprintf(stderr, "port %ld: no answer to %lu: %s\n", server->port, which, strerror(errno));
            exit(1);
        }
        if ((size_t)length == size && memcmp(back, bytes, size) == 0) return now() - began;
    } while (now() - began < 2000000000LL);
    fprintf(stderr, "port %ld: another answer\n", server->port);
    exit(1);
}

static int earlier(const void *one, const void *other) {
    int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;
    return (a > b) - (a < b);
}

int main(int words, char **word) {
    if (words < 4) return 2;
    size_t turns = ((size_t)number(word[1]) + TURN - 1) / TURN, size = (size_t)number(word[2]);
    int servers = words - 3;
    struct server *all = calloc((size_t)servers, sizeof *all);
    char bytes[LONGEST];
    if (size < sizeof(uint64_t) || size > sizeof bytes || turns == 0 || !all) return 2;
    memset(bytes, 'x', sizeof bytes);
    for (int at = 0; at < servers; at++) {
        struct timeval patience = {.tv_sec = 2};
        long port = number(word[3 + at]);
        int64_t *times = malloc(turns * TURN * sizeof *times);
        all[at] = (struct server){.port = port, .udp = connected(port), .times = times};
        if (!times) fail("malloc");
        setsockopt(all[at].udp, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    }
    uint64_t which = 0;
    /* The first turn of each, with whatever is done for a new peer, is not counted. */
    for (size_t turn = 0; turn <= turns; turn++)
        for (int at = 0; at < servers; at++) {
            struct server *server = &all[at];
            for (int before = 0; before < WARM_UP; before++) trip(server, bytes, size, which++);
            for (int counted = 0; counted < TURN; counted++) {
                int64_t time = trip(server, bytes, size, which++);
                if (turn > 0) server->times[server->count++] = time;
            }
        }
    for (int at = 0; at < servers; at++) {
        struct server *server = &all[at];
        qsort(server->times, server->count, sizeof *server->times, earlier);
        printf("%ld %ld %ld\n", server->times[server->count / 2], server->times[server->count * 99 / 100],
               server->times[server->count - 1]);
    }
    return 0;
}
