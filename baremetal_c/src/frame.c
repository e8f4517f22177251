#include "frame.h"

#include "crc32.h"

void frame_restart(struct frame_decoder *decoder)
{
    decoder->length = 0;
    decoder->taken = 0;
    decoder->crc = CRC32_START;
    decoder->code = 0xFF; /* no zero goes before the first block */
    decoder->left = 0;
}

static void keep(struct frame_decoder *decoder, uint8_t byte)
{
    decoder->crc = crc32_add(decoder->crc, byte);
    if (decoder->length < FRAME_CAPACITY) {
        decoder->data[decoder->length] = byte;
    }
    if (decoder->length <= FRAME_CAPACITY) {
        decoder->length++; /* one past the capacity means: too long, however much longer */
    }
}

static enum frame_event finish(struct frame_decoder *decoder)
{
    if (decoder->taken == 0) {
        return FRAME_EMPTY;
    }
    bool good = decoder->left == 0 && decoder->crc == CRC32_RESIDUE &&
                decoder->length >= FRAME_HEADER + FRAME_CRC && decoder->length <= FRAME_CAPACITY;
    uint32_t length = decoder->length;
    frame_restart(decoder);
    decoder->length = length;
    return good ? FRAME_GOOD : FRAME_DAMAGED;
}

enum frame_event frame_take(struct frame_decoder *decoder, uint8_t byte)
{
    if (byte == 0) {
        return finish(decoder);
    }
    if (decoder->taken == 0) {
        frame_restart(decoder);
    }
    if (decoder->taken < UINT32_MAX) {
        decoder->taken++;
    }
    if (decoder->left > 0) {
        decoder->left--;
        keep(decoder, byte);
        return FRAME_NONE;
    }
    if (decoder->code != 0xFF) {
        keep(decoder, 0);
    }
    decoder->code = byte;
    decoder->left = (uint8_t)(byte - 1U);
    return FRAME_NONE;
}

uint8_t frame_kind(const struct frame_decoder *decoder)
{
    return decoder->data[0];
}

uint32_t frame_sequence(const struct frame_decoder *decoder)
{
    return frame_get_u32(decoder->data + 1);
}

const uint8_t *frame_payload(const struct frame_decoder *decoder)
{
    return decoder->data + FRAME_HEADER;
}

uint32_t frame_payload_length(const struct frame_decoder *decoder)
{
    return decoder->length - FRAME_HEADER - FRAME_CRC;
}

static void flush(struct frame_encoder *encoder)
{
    encoder->emit((uint8_t)(encoder->count + 1U));
    for (uint8_t i = 0; i < encoder->count; i++) {
        encoder->emit(encoder->block[i]);
    }
    encoder->full = encoder->count == sizeof encoder->block;
    encoder->count = 0;
}

static void stuff(struct frame_encoder *encoder, uint8_t byte)
{
    if (byte == 0) {
        flush(encoder);
        encoder->full = false;
        return;
    }
    encoder->full = false;
    encoder->block[encoder->count++] = byte;
    if (encoder->count == sizeof encoder->block) {
        flush(encoder);
    }
}

void frame_begin(struct frame_encoder *encoder, void (*emit)(uint8_t), uint8_t kind,
                 uint32_t sequence)
{
    encoder->emit = emit;
    encoder->crc = CRC32_START;
    encoder->full = false;
    encoder->count = 0;
    emit(0);
    frame_u8(encoder, kind);
    frame_u32(encoder, sequence);
}

void frame_u8(struct frame_encoder *encoder, uint8_t value)
{
    encoder->crc = crc32_add(encoder->crc, value);
    stuff(encoder, value);
}

void frame_u32(struct frame_encoder *encoder, uint32_t value)
{
    for (unsigned shift = 0; shift < 32; shift += 8) {
        frame_u8(encoder, (uint8_t)(value >> shift));
    }
}

void frame_u64(struct frame_encoder *encoder, uint64_t value)
{
    frame_u32(encoder, (uint32_t)value);
    frame_u32(encoder, (uint32_t)(value >> 32));
}

void frame_bytes(struct frame_encoder *encoder, const void *data, uint32_t length)
{
    const uint8_t *bytes = data;
    for (uint32_t i = 0; i < length; i++) {
        frame_u8(encoder, bytes[i]);
    }
}

void frame_end(struct frame_encoder *encoder)
{
    frame_u32(encoder, ~encoder->crc);
    if (!encoder->full) { /* after a full block nothing is left that would need a code */
        flush(encoder);
    }
    encoder->emit(0);
}

uint32_t frame_get_u32(const uint8_t *data)
{
    return data[0] | (uint32_t)data[1] << 8 | (uint32_t)data[2] << 16 | (uint32_t)data[3] << 24;
}

uint64_t frame_get_u64(const uint8_t *data)
{
    return frame_get_u32(data) | (uint64_t)frame_get_u32(data + 4) << 32;
}
