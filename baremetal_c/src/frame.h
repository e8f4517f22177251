/* Frames: COBS(kind, sequence, payload, CRC-32) between two zero bytes; see docs/protocol.md. */
#ifndef FRAME_H
#define FRAME_H

#include <stdbool.h>
#include <stdint.h>

#define FRAME_HEADER 5U /* kind, then the sequence number in four bytes */
#define FRAME_CRC 4U
#define FRAME_PAYLOAD 4128U /* the longest payload: 4096 bytes of samples and what goes with them */
#define FRAME_CAPACITY (FRAME_HEADER + FRAME_PAYLOAD + FRAME_CRC)

enum frame_event {
    FRAME_NONE,    /* in the middle */
    FRAME_EMPTY,   /* a delimiter with nothing before it: a frame may begin */
    FRAME_GOOD,    /* a whole frame, its CRC right */
    FRAME_DAMAGED, /* a delimiter after something that is no frame */
};

struct frame_decoder {
    uint32_t length; /* bytes decoded so far; may exceed the capacity, then the rest is lost */
    uint32_t taken;  /* bytes since the last delimiter */
    uint32_t crc;
    uint8_t code, left;
    uint8_t spare; /* so that samples, 13 bytes into a frame, lie on whole words */
    uint8_t data[FRAME_CAPACITY];
};

/* Forget what came since the last delimiter. */
void frame_restart(struct frame_decoder *decoder);

/* Take one byte from the line. After FRAME_GOOD the frame is in data until the next call. */
enum frame_event frame_take(struct frame_decoder *decoder, uint8_t byte);

/* Parts of the frame last decoded. */
uint8_t frame_kind(const struct frame_decoder *decoder);
uint32_t frame_sequence(const struct frame_decoder *decoder);
const uint8_t *frame_payload(const struct frame_decoder *decoder);
uint32_t frame_payload_length(const struct frame_decoder *decoder);

struct frame_encoder {
    void (*emit)(uint8_t byte);
    uint32_t crc;
    bool full; /* the last block said by itself that no zero follows */
    uint8_t count;
    uint8_t block[254];
};

/* Begin a frame, add to its payload, end it. Bytes go out through emit as blocks fill up. */
void frame_begin(struct frame_encoder *encoder, void (*emit)(uint8_t), uint8_t kind,
                 uint32_t sequence);
void frame_u8(struct frame_encoder *encoder, uint8_t value);
void frame_u32(struct frame_encoder *encoder, uint32_t value);
void frame_u64(struct frame_encoder *encoder, uint64_t value);
void frame_bytes(struct frame_encoder *encoder, const void *data, uint32_t length);
void frame_end(struct frame_encoder *encoder);

/* Read little-endian numbers. */
uint32_t frame_get_u32(const uint8_t *data);
uint64_t frame_get_u64(const uint8_t *data);

#endif
