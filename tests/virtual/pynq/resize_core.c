/* A user's own core in the C interface of docs/virtual-board.md: the picture resizer of PYNQ's tutorial, nearest pixel.
 * Streams of 24 bits with TLAST, ap_ctrl_hs, four scalar arguments. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { SRC_ROWS = 0x10, SRC_COLS = 0x18, DST_ROWS = 0x20, DST_COLS = 0x28, PIXEL = 3, LARGEST = 1 << 20 };

static uint32_t arguments[0x40];
static uint8_t picture[LARGEST * PIXEL];
static uint64_t starts, runs;
static size_t taken, sent; /* pixels of this run */

static size_t input(void) { return (size_t)arguments[SRC_ROWS] * arguments[SRC_COLS]; }
static size_t output(void) { return (size_t)arguments[DST_ROWS] * arguments[DST_COLS]; }

void soc_reset(void) {
    starts = runs = 0;
    taken = sent = 0;
    memset(arguments, 0, sizeof arguments);
}
void soc_open(int free_running, int stalling) {
    (void)free_running, (void)stalling;
    soc_reset();
}
void soc_close(void) {}
void soc_start(uint64_t count) { starts += count; }
void soc_write_argument(uint32_t offset, uint32_t value) { arguments[offset] = value; }
uint32_t soc_read_argument(uint32_t offset) { return arguments[offset]; }

size_t soc_push(const uint8_t *data, const uint8_t *last, size_t beats) {
    size_t done = 0;
    (void)last;
    for (; done < beats && starts > runs && taken < input() && taken < LARGEST; done++, taken++)
        memcpy(picture + taken * PIXEL, data + done * PIXEL, PIXEL);
    if (starts > runs && taken == input() && sent == 0)
        runs++;
    return done;
}

size_t soc_pull(uint8_t *data, uint64_t *keep, uint8_t *last, size_t limit) {
    size_t done = 0;
    if (taken == 0 || taken < input())
        return 0;
    for (; done < limit && sent < output(); done++, sent++) {
        const size_t row = sent / arguments[DST_COLS] * arguments[SRC_ROWS] / arguments[DST_ROWS];
        const size_t column = sent % arguments[DST_COLS] * arguments[SRC_COLS] / arguments[DST_COLS];
        memcpy(data + done * PIXEL, picture + (row * arguments[SRC_COLS] + column) * PIXEL, PIXEL);
        keep[done] = 7;
        last[done] = sent + 1 == output();
    }
    if (sent == output())
        taken = sent = 0;
    return done;
}

uint64_t soc_runs_done(void) { return runs; }
size_t soc_standstill(char *text, size_t size) {
    const int length = taken ? snprintf(text, size, "has %zu of %zu pixels", taken, input()) : 0;
    if (!length && size)
        text[0] = 0;
    return (size_t)length;
}
int soc_width(int port, int signal) { return (void)port, signal == 0 ? 24 : signal == 4; }
const char *soc_settings(void) { return "top=resize_accel;control=ap_ctrl_hs;reset=control;input=src;output=dst"; }
