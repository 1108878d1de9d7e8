/* The fastest ordinary sender: sendmmsg of 64 at a time, without segmentation offload.
 *
 * flood PORT SECONDS SIZE
 *
 * Prints how many datagrams the kernel took, and the seconds. */
#include "loopback.h"

int main(int count, char **words) {
    if (count != 4) return 2;
    int udp = connected(number(words[1]));
    int64_t length = (int64_t)(atof(words[2]) * 1e9), began = now(), ended;
    size_t size = (size_t)number(words[3]);
    static char bytes[LONGEST];
    if (size > sizeof bytes) return 2;
    memset(bytes, 'x', sizeof bytes);
    struct iovec slice = {.iov_base = bytes, .iov_len = size};
    struct mmsghdr headers[MANY];
    memset(headers, 0, sizeof headers);
    for (int at = 0; at < MANY; at++) headers[at].msg_hdr = (struct msghdr){.msg_iov = &slice, .msg_iovlen = 1};
    long sent = 0;
    while ((ended = now()) - began < length) {
        int taken = sendmmsg(udp, headers, MANY, 0);
        if (taken < 0) fail("sendmmsg");
        sent += taken;
    }
    printf("%ld %.6f\n", sent, (double)(ended - began) / 1e9);
    return 0;
}
