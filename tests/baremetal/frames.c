/* frame.c for ctypes. */
#include "frame.h"

#include <string.h>

static uint8_t *out;
static uint32_t made;

static void emit(uint8_t byte)
{
    out[made++] = byte;
}

/* Write a frame's bytes, return how many. */
uint32_t encode(uint8_t kind, uint32_t sequence, const uint8_t *payload, uint32_t length,
                uint8_t *bytes)
{
    static struct frame_encoder encoder;
    out = bytes;
    made = 0;
    frame_begin(&encoder, emit, kind, sequence);
    frame_bytes(&encoder, payload, length);
    frame_end(&encoder);
    return made;
}

/* Take a stream from the start; write kind, sequence, length and payload of each frame, return how
 * many bytes that are; add up damaged frames. */
uint32_t decode(const uint8_t *bytes, uint32_t length, uint8_t *frames, uint32_t *damaged)
{
    static struct frame_decoder decoder;
    uint32_t written = 0;
    frame_restart(&decoder);
    *damaged = 0;
    for (uint32_t i = 0; i < length; i++) {
        enum frame_event event = frame_take(&decoder, bytes[i]);
        *damaged += event == FRAME_DAMAGED;
        if (event == FRAME_GOOD) {
            uint32_t sequence = frame_sequence(&decoder), size = frame_payload_length(&decoder);
            frames[written++] = frame_kind(&decoder);
            memcpy(frames + written, &sequence, 4);
            memcpy(frames + written + 4, &size, 4);
            memcpy(frames + written + 8, frame_payload(&decoder), size);
            written += 8 + size;
        }
    }
    return written;
}
