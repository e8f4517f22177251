/* Random bytes and damaged requests into decoder and application, under AddressSanitizer and UBSan.
 *
 *     fuzz decoder N     what it accepts must have a right CRC, computed here another way
 *     fuzz program N     every frame that is right gets just one answer, whatever it says */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "accelerator_api.h"
#include "frame.h"
#include "hal.h"
#include "link.h"
#include "protocol.h"
#include "requests.h"

static uint64_t state = 88172645463325252u;

static uint32_t draw(uint32_t limit)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)((state >> 16) % limit);
}

static uint8_t wire[3 * FRAME_CAPACITY];
static uint32_t wire_length, wire_at;

static void emit(uint8_t byte)
{
    wire[wire_length++] = byte;
}

static uint32_t crc_of(const uint8_t *data, uint32_t length)
{
    uint32_t crc = ~0u;
    for (uint32_t i = 0; i < length; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc & 1 ? crc >> 1 ^ 0xEDB88320u : crc >> 1;
        }
    }
    return ~crc;
}

static void must(bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "fuzz: %s\n", what);
        exit(1);
    }
}

/* Put a request, or something like one, on the wire. Tell whether it is whole. */
static bool make_request(void)
{
    static const uint32_t LENGTHS[] = {0, 1, 7, 8, 12, 16, 32, 104, 255, 600, 4104, FRAME_PAYLOAD};
    static struct frame_encoder encoder;
    uint8_t payload[FRAME_PAYLOAD];
    uint32_t length = draw(4) ? draw(64) : LENGTHS[draw(12)];
    for (uint32_t i = 0; i < length; i++) {
        payload[i] = (uint8_t)(draw(3) ? draw(256) : 0);
    }
    uint64_t design = ACCELERATOR_DESIGN_ID;
    if (length >= 8 && draw(2)) {
        memcpy(payload, &design, sizeof design);
    }
    wire_length = wire_at = 0;
    frame_begin(&encoder, emit, (uint8_t)(draw(4) ? 1 + draw(9) : draw(256)), draw(1u << 31));
    frame_bytes(&encoder, payload, length);
    frame_end(&encoder);
    if (draw(2)) {
        return true;
    }
    for (uint32_t changes = 1 + draw(4); changes > 0; changes--) {
        uint32_t place = draw(wire_length);
        switch (draw(3)) {
        case 0: wire[place] ^= (uint8_t)(1 + draw(255)); break;
        case 1: /* a byte less */
            memmove(wire + place, wire + place + 1, wire_length - place - 1);
            wire_length -= wire_length > 1 ? 1 : 0;
            break;
        default: /* a byte more */
            memmove(wire + place + 1, wire + place, wire_length - place);
            wire[place] = (uint8_t)draw(256);
            wire_length++;
            break;
        }
    }
    emit(0); /* so that the next one begins on its own */
    return false;
}

static void fuzz_decoder(unsigned long count)
{
    static struct frame_decoder decoder;
    unsigned long accepted = 0;
    frame_restart(&decoder);
    for (unsigned long n = 0; n < count; n++) {
        bool whole = false;
        if (draw(4)) {
            whole = make_request();
        } else {
            wire_length = 1 + draw(200);
            for (uint32_t i = 0; i < wire_length; i++) {
                wire[i] = (uint8_t)draw(256);
            }
        }
        bool good = false;
        for (uint32_t i = 0; i < wire_length; i++) {
            if (frame_take(&decoder, wire[i]) != FRAME_GOOD) {
                continue;
            }
            good = true;
            accepted++;
            must(decoder.length <= FRAME_CAPACITY, "a frame beyond the buffer");
            must(crc_of(decoder.data, decoder.length - 4) ==
                     frame_get_u32(decoder.data + decoder.length - 4),
                 "a frame with a wrong CRC");
        }
        must(good || !whole, "a right frame was not accepted");
    }
    printf("%lu inputs, %lu frames accepted\n", count, accepted);
}

/* The application's line: what is on the wire comes in, answers are counted. */
static struct frame_decoder answers;
static unsigned long counted;
static uint64_t now;

int hal_getc(void)
{
    return wire_at < wire_length ? wire[wire_at++] : -1;
}

bool hal_putc(uint8_t byte)
{
    counted += frame_take(&answers, byte) == FRAME_GOOD && frame_kind(&answers) != ANSWER_DAMAGED;
    return true;
}

bool hal_overrun(void)
{
    return false;
}

void hal_init(void)
{
}

uint64_t hal_ticks(void)
{
    return now += 1000;
}

uint32_t hal_ticks_per_second(void)
{
    return 1000000000;
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

static struct hal_dma_status done;

void hal_dma_reset(void)
{
}

bool hal_dma_is_reset(void)
{
    return true;
}

void hal_dma_run(void)
{
}

bool hal_dma_start(const void *source, uint32_t sent, void *sink, uint32_t wanted)
{
    must(crc_of(source, sent) != 1, "nothing"); /* reads it all */
    memset(sink, (int)draw(256), wanted);
    done = (struct hal_dma_status){2, draw(50) ? 2 : 0x12, wanted};
    return true;
}

struct hal_dma_status hal_dma_status(void)
{
    return done;
}

static void fuzz_program(unsigned long count)
{
    unsigned long answered = 0;
    frame_restart(&answers);
    must(accelerator_init(), "no accelerator");
    for (unsigned long n = 0; n < count; n++) {
        bool whole = make_request();
        unsigned long before = counted;
        for (uint32_t i = 0; i < wire_length; i++) {
            protocol_step(); /* which takes a byte each */
        }
        must(!whole || counted == before + 1, "a right request had not just one answer");
        answered += counted - before;
    }
    printf("%lu inputs, %lu answers\n", count, answered);
}

int main(int argc, char **argv)
{
    must(argc == 3, "usage: fuzz decoder|program N");
    unsigned long count = strtoul(argv[2], NULL, 10);
    if (strcmp(argv[1], "decoder") == 0) {
        fuzz_decoder(count);
    } else {
        fuzz_program(count);
    }
    return 0;
}
