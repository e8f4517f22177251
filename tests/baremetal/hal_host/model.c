/* AXI DMA (PG021, simple mode) and a core whose output byte j is 3 * input[j % bytes in] + j.
 *
 * The DMA works on a memory of its own: it sees what was flushed, and the program sees what it has
 * invalidated, as on a processor whose cache is on. */
#include "model.h"

#include <stdlib.h>
#include <string.h>

#include "accelerator_api.h"
#include "registers.h"

enum { MM2S = 0, S2MM = 1 };
static const char *const FAULTS[] = {"none", "no-tlast", "hang", "short", "long", "decode-in",
                                     "decode-out", "slave-in", "stuck-reset", "identity", "halt"};
enum { NONE, NO_TLAST, HANG, SHORT, LONG, DECODE_IN, DECODE_OUT, SLAVE_IN, STUCK_RESET, IDENTITY,
       HALT };

static uint32_t control[2], status[2], length[2];
static uint64_t address[2];
static unsigned transfers, fault, fault_at;
static uint8_t memory[2][1 << 20];

bool model_fault(const char *name, unsigned transfer)
{
    for (unsigned i = 0; i < sizeof FAULTS / sizeof FAULTS[0]; i++) {
        if (strcmp(name, FAULTS[i]) == 0) {
            fault = i;
            fault_at = transfer;
            return true;
        }
    }
    return false;
}

static uint8_t *shadow(const void *buffer, size_t size)
{
    const uint8_t *first = buffer, *const starts[] = {accelerator_in(), accelerator_out()};
    const size_t sizes[] = {ACCELERATOR_CHUNK * ACCELERATOR_BYTES_IN,
                            ACCELERATOR_CHUNK * ACCELERATOR_BYTES_OUT};
    for (unsigned i = 0; i < 2; i++) {
        size_t whole = (sizes[i] + 63) / 64 * 64;
        if (first >= starts[i] && first + size <= starts[i] + whole && whole <= sizeof memory[i]) {
            return memory[i] + (first - starts[i]);
        }
    }
    abort();
}

static void check_lines(const void *buffer, size_t size)
{
    if ((uintptr_t)buffer % 64 != 0 || size % 64 != 0) {
        abort(); /* would touch its neighbours in the cache */
    }
}

void model_flush(const void *buffer, size_t size)
{
    check_lines(buffer, size);
    memcpy(shadow(buffer, size), buffer, size);
}

void model_invalidate(void *buffer, size_t size)
{
    check_lines(buffer, size);
    memcpy(buffer, shadow(buffer, size), size);
}

static void stop(unsigned channel, uint32_t error)
{
    status[channel] |= error | 1U;
}

static void compute(void)
{
    bool faulty = transfers++ == fault_at;
    unsigned kind = faulty ? fault : NONE;
    uint32_t samples = length[MM2S] / ACCELERATOR_BYTES_IN;
    uint32_t made = samples * ACCELERATOR_BYTES_OUT;
    const uint8_t *in = shadow((const void *)(uintptr_t)address[MM2S], length[MM2S]);
    uint8_t *out = shadow((const void *)(uintptr_t)address[S2MM], length[S2MM]);
    switch (kind) {
    case DECODE_IN: stop(MM2S, 0x40); return;
    case SLAVE_IN: stop(MM2S, 0x20); return;
    case DECODE_OUT: stop(S2MM, 0x40); break;
    case LONG: stop(S2MM, 0x10); break;
    case HALT: stop(S2MM, 0); return;
    case HANG: return;
    default: break;
    }
    for (uint32_t i = 0; i < samples; i++) {
        for (uint32_t j = 0; j < ACCELERATOR_BYTES_OUT; j++) {
            uint8_t from = in[i * ACCELERATOR_BYTES_IN + j % ACCELERATOR_BYTES_IN];
            out[i * ACCELERATOR_BYTES_OUT + j] = (uint8_t)(3U * from + j);
        }
    }
    status[MM2S] |= 0x1002U;
    if (kind == NO_TLAST || kind == DECODE_OUT || kind == LONG) {
        return;
    }
    length[S2MM] = kind == SHORT ? made / 2 : made;
    status[S2MM] |= 0x1002U;
}

static void reset(void)
{
    for (unsigned i = 0; i < 2; i++) {
        control[i] = fault == STUCK_RESET && transfers >= fault_at ? 0x4 : 0;
        status[i] = 1;
        length[i] = 0;
    }
}

static void write_channel(unsigned channel, uint32_t offset, uint32_t value)
{
    switch (offset) {
    case 0x00:
        if (value & 4U) {
            reset();
            return;
        }
        control[channel] = value;
        status[channel] = value & 1U ? status[channel] & ~1U : status[channel] | 1U;
        break;
    case 0x04: status[channel] &= ~(value & 0x7000U); break;
    case 0x18: address[channel] = (address[channel] >> 32 << 32) | value; break;
    case 0x1C: address[channel] = (address[channel] & UINT32_MAX) | (uint64_t)value << 32; break;
    case 0x28:
        if (status[channel] & 1U || value == 0) {
            return;
        }
        status[channel] &= ~2U;
        length[channel] = value;
        if (channel == MM2S) {
            compute();
        }
        break;
    default: abort();
    }
}

uint32_t register_read(uint32_t base, uint32_t offset)
{
    if (base == ACCELERATOR_IDENTITY_BASE) {
        uint64_t identity = ACCELERATOR_DESIGN_ID ^ (fault == IDENTITY ? 0xFF : 0);
        return (uint32_t)(offset == 0 ? identity : identity >> 32);
    }
    unsigned channel = offset / 0x30;
    switch (offset % 0x30) {
    case 0x00: return control[channel];
    case 0x04: return status[channel];
    case 0x28: return length[channel];
    default: abort();
    }
}

void register_write(uint32_t base, uint32_t offset, uint32_t value)
{
    if (base != ACCELERATOR_DMA_BASE) {
        abort();
    }
    write_channel(offset / 0x30, offset % 0x30, value);
}
