/* The application on a UART of 16 bytes whose line never rests, in time of its own: each look at
 * the hardware takes a microsecond, each byte of a frame two, a byte on the line 43 (230400 baud), a
 * transfer 2 ms.
 *
 *     flow REQUESTS SAMPLES     prints answers, bytes lost, and the line's share of time in use */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "accelerator_api.h"
#include "frame.h"
#include "hal.h"
#include "link.h"
#include "protocol.h"
#include "requests.h"

#define FIFO 16U
#define BYTE_TIME 43U
#define TRANSFER_TIME 2000U

static uint64_t now, line_free, sender_free, transfer_end;
static uint8_t fifo[FIFO], to_send[FIFO];
static uint32_t held, waiting, lost, unsent;

/* The host: requests on the wire as far as the window allows. */
static uint8_t wire[2 * FRAME_CAPACITY];
static uint32_t wire_length, wire_at, requests, asked, answers, in_flight, sent_bytes;
static struct frame_decoder heard;
static uint32_t samples;

static void emit(uint8_t byte)
{
    wire[wire_length++] = byte;
}

static void ask(void)
{
    static struct frame_encoder encoder;
    static uint8_t data[4096];
    uint32_t length = samples * ACCELERATOR_BYTES_IN;
    memset(data, (int)asked, length);
    wire_length = wire_at = 0;
    frame_begin(&encoder, emit, REQUEST_INFER, asked++);
    frame_u64(&encoder, ACCELERATOR_DESIGN_ID);
    frame_bytes(&encoder, data, length);
    frame_end(&encoder);
    in_flight += wire_length;
}

static void receive(void)
{
    if (wire_at == wire_length && asked < requests &&
        in_flight + wire_length <= ACCELERATOR_WINDOW) {
        ask();
    }
    if (wire_at == wire_length) {
        line_free = now; /* silence */
        return;
    }
    line_free += BYTE_TIME;
    sent_bytes++;
    if (held == FIFO) {
        lost++;
        wire_at++;
    } else {
        fifo[held++] = wire[wire_at++];
    }
}

static void send(void)
{
    sender_free = (sender_free > now ? sender_free : now) + BYTE_TIME;
    if (frame_take(&heard, to_send[0]) == FRAME_GOOD && frame_kind(&heard) == 0x83) {
        answers++;
        in_flight -= wire_length; /* all requests are as long */
    }
    memmove(to_send, to_send + 1, --waiting);
}

static void pass(void)
{
    now++;
    while (line_free + BYTE_TIME <= now) {
        receive();
    }
    while (waiting > 0 && sender_free <= now) {
        send();
    }
}

int hal_getc(void)
{
    pass();
    if (held == 0) {
        return -1;
    }
    uint8_t byte = fifo[0];
    memmove(fifo, fifo + 1, --held);
    return byte;
}

bool hal_putc(uint8_t byte)
{
    pass();
    if (waiting == FIFO) {
        return false;
    }
    to_send[waiting++] = byte;
    return true;
}

bool hal_overrun(void)
{
    bool since = lost > unsent;
    unsent = lost;
    return since;
}

void hal_init(void)
{
}

uint64_t hal_ticks(void)
{
    return now;
}

uint32_t hal_ticks_per_second(void)
{
    return 1000000;
}

void hal_flush(const void *buffer, size_t size)
{
    (void)buffer;
    (void)size;
}

void hal_invalidate(void *buffer, size_t size)
{
    (void)buffer;
    (void)size;
}

uint64_t hal_identity(void)
{
    return ACCELERATOR_DESIGN_ID;
}

void hal_dma_reset(void)
{
}

bool hal_dma_is_reset(void)
{
    pass();
    return true;
}

void hal_dma_run(void)
{
}

static uint32_t expected;

bool hal_dma_start(const void *source, uint32_t sent, void *sink, uint32_t wanted)
{
    memset(sink, ((const uint8_t *)source)[sent - 1], wanted);
    transfer_end = now + TRANSFER_TIME;
    expected = wanted;
    return true;
}

struct hal_dma_status hal_dma_status(void)
{
    pass();
    uint32_t idle = now >= transfer_end ? 2 : 0;
    return (struct hal_dma_status){idle, idle, expected};
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        return 2;
    }
    frame_restart(&heard);
    if (!accelerator_init()) {
        return 1;
    }
    requests = (uint32_t)atoi(argv[1]);
    samples = (uint32_t)atoi(argv[2]);
    line_free = now;
    uint64_t start = now;
    while (answers < requests && now - start < UINT64_C(100000000)) {
        pass(); /* what the processor has to do for a byte, looking at nothing */
        pass();
        protocol_step();
    }
    printf("%u %u %u %.4f\n", answers, lost, link_overruns(),
           (double)sent_bytes * BYTE_TIME / (double)(now - start));
    return 0;
}
