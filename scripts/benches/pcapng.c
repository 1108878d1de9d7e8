/* Writes a capture as Wireshark does: UDP datagrams of one length from 64 senders to one port,
 * a microsecond apart, in the blocks of draft-ietf-opsawg-pcapng.
 *
 * pcapng FILE BYTES SIZE   at least BYTES long, SIZE bytes of payload in each packet
 *
 * Prints the number of packets. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADERS = 28, SENDERS = 64, LONGEST = 1472, LINK_RAW = 101, PACKET = 6, BLOCK = 32, BUFFER = 1 << 20 };

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void put(FILE *file, const void *bytes, size_t count) {
    if (fwrite(bytes, 1, count, file) != count) fail("write");
}

/* Numbers of captures are in the byte order of the writer, those of packets in that of the
 * network. */
static void network(unsigned char *at, unsigned value) {
    at[0] = (unsigned char)(value >> 8);
    at[1] = (unsigned char)value;
}

int main(int words, char **word) {
    if (words != 4) return 2;
    uint64_t least = strtoull(word[2], NULL, 10), written = 0, count = 0;
    uint32_t size = (uint32_t)strtoul(word[3], NULL, 10), captured = HEADERS + size;
    uint32_t padded = (captured + 3) / 4 * 4, length = padded + BLOCK;
    static unsigned char packet[HEADERS + LONGEST + 4];
    if (size < 20 || size > LONGEST) return 2;
    FILE *file = fopen(word[1], "wbx");
    if (!file) fail(word[1]);
    setvbuf(file, NULL, _IOFBF, BUFFER);
    const uint32_t section[] = {0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0xFFFFFFFF, 0xFFFFFFFF, 28};
    const uint32_t interface[] = {1, 20, LINK_RAW, 0, 20};
    put(file, section, sizeof section);
    put(file, interface, sizeof interface);
    /* IPv4 to 10.0.0.1 without options, then UDP to port 9000. No checksums, as captures of
     * sent packets have none. */
    const unsigned char head[HEADERS] = {0x45, [8] = 64, [9] = 17, [12] = 10, 0, 0, 2, 10, 0, 0, 1};
    memcpy(packet, head, sizeof head);
    network(packet + 2, captured);
    network(packet + 22, 9000);
    network(packet + 24, 8 + size);
    memset(packet + HEADERS, '.', size);
    while (written < least) {
        uint64_t time = 1700000000000000ULL + count;
        const uint32_t block[] = {PACKET, length, 0, (uint32_t)(time >> 32), (uint32_t)time, captured, captured};
        char number[21];
        network(packet + 20, 40000 + (unsigned)(count % SENDERS));
        snprintf(number, sizeof number, "%020llu", (unsigned long long)count);
        memcpy(packet + HEADERS, number, 20);
        put(file, block, sizeof block);
        put(file, packet, padded);
        put(file, &length, sizeof length);
        written += length;
        count++;
    }
    if (fclose(file) != 0) fail("close");
    printf("%llu\n", (unsigned long long)count);
    return 0;
}
