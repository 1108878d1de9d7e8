/* The least that answers: sends every datagram back to whom it came from.
 * echo PORT */
#include "loopback.h"

int main(int count, char **words) {
    if (count != 2) return 2;
    int udp = bound(number(words[1]));
    static char bytes[LONGEST];
    for (;;) {
        struct sockaddr_in peer;
        socklen_t size = sizeof peer;
        ssize_t length = recvfrom(udp, bytes, sizeof bytes, 0, (struct sockaddr *)&peer, &size);
        if (length < 0) fail("recvfrom");
        if (sendto(udp, bytes, (size_t)length, 0, (struct sockaddr *)&peer, size) < 0) fail("sendto");
    }
}
