/* Many TCP connections to 127.0.0.1, each with one message a second that is echoed.
 *
 * many PORT COUNT SECONDS
 *
 * Prints "ready" when all are connected, waits for a line, and prints after the seconds: messages
 * sent, echoes that came whole, and median, p99 and longest of the round trips in nanoseconds. */
#include "loopback.h"
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>

enum { SIZE = 64, PER_SOURCE = 10000, EVENTS = 512 };

struct client {
    int tcp;
    size_t came;
    int64_t sent; /* 0 while no echo is waited for */
};

static int64_t *times;
static size_t echoes, sends, busy;

/* Connects from 127.0.0.2, 127.0.0.3 ...: the ports of one address are too few. */
static int dial(long port, long which) {
    int tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    struct sockaddr_in to = loopback(port), from = loopback(0);
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + (uint32_t)(which / PER_SOURCE));
    if (tcp < 0) fail("socket");
    setsockopt(tcp, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    setsockopt(tcp, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (bind(tcp, (struct sockaddr *)&from, sizeof from) < 0) fail("bind");
    if (connect(tcp, (struct sockaddr *)&to, sizeof to) < 0) fail("connect");
    if (fcntl(tcp, F_SETFL, O_NONBLOCK) < 0) fail("fcntl");
    return tcp;
}

static void take(struct client *client) {
    char bytes[4096];
    ssize_t length = recv(client->tcp, bytes, sizeof bytes, 0);
    if (length < 0 && errno == EAGAIN) return;
    if (length <= 0) fail("a connection ended");
    client->came += (size_t)length;
    if (client->came < SIZE) return;
    if (client->came > SIZE || client->sent == 0) {
        fprintf(stderr, "more came than was sent\n");
        exit(1);
    }
    times[echoes++] = now() - client->sent;
    client->came = 0;
    client->sent = 0;
}

static int earlier(const void *one, const void *other) {
    int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;
    return (a > b) - (a < b);
}

int main(int words, char **word) {
    if (words != 4) return 2;
    long port = number(word[1]), count = number(word[2]), seconds = number(word[3]);
    struct client *all = calloc((size_t)count, sizeof *all);
    int poll = epoll_create1(EPOLL_CLOEXEC);
    char message[SIZE], line[16];
    times = malloc((size_t)(count * (seconds + 1)) * sizeof *times);
    if (!all || !times || poll < 0 || count == 0 || seconds == 0) fail("begin");
    memset(message, 'x', sizeof message);
    for (long at = 0; at < count; at++) {
        struct epoll_event event = {.events = EPOLLIN, .data.u64 = (uint64_t)at};
        all[at].tcp = dial(port, at);
        if (epoll_ctl(poll, EPOLL_CTL_ADD, all[at].tcp, &event) < 0) fail("epoll_ctl");
    }
    puts("ready");
    fflush(stdout);
    if (!fgets(line, sizeof line, stdin)) return 1;
    int64_t began = now(), step = 1000000000LL / count;
    long next = 0, total = count * seconds;
    while (next < total || (echoes < sends && now() - began < (seconds + 5) * 1000000000LL)) {
        int64_t due = began + next * step - now();
        if (next < total && due <= 0) {
            struct client *client = &all[next++ % count];
            /* One whose echo still waits has its turn left out. */
            if (client->sent != 0) {
                busy++;
                continue;
            }
            client->sent = now();
            if (send(client->tcp, message, sizeof message, 0) != SIZE) fail("send");
            sends++;
            continue;
        }
        struct epoll_event events[EVENTS];
        struct timespec pause = {.tv_nsec = next < total ? due : 1000000};
        int ready = epoll_pwait2(poll, events, EVENTS, &pause, NULL);
        if (ready < 0 && errno != EINTR) fail("epoll_pwait2");
        for (int at = 0; at < ready; at++) take(&all[events[at].data.u64]);
    }
    if (echoes == 0) return 1;
    qsort(times, echoes, sizeof *times, earlier);
    printf("%zu %zu %zu %ld %ld %ld\n", sends, echoes, busy, times[echoes / 2], times[echoes * 99 / 100], times[echoes - 1]);
    return 0;
}
