#include "accelerator_api.h"

#include <string.h>

#include "deadline.h"
#include "hal.h"
#include "link.h"
#include "text.h"

/* Bits of both DMASR registers (PG021). */
#define HALTED 0x1U
#define IDLE 0x2U
#define INTERNAL_ERROR 0x10U
#define SLAVE_ERROR 0x20U
#define DECODE_ERROR 0x40U
#define ANY_ERROR (INTERNAL_ERROR | SLAVE_ERROR | DECODE_ERROR)

/* A soft reset waits for bursts under way: microseconds on a healthy bus. */
#define RESET_MS 1000U

#define LINE 64U /* bytes of a cache line, or more */
#define WHOLE_LINES(size) (((size) + LINE - 1U) / LINE * LINE)

const struct accelerator_tensor accelerator_inputs[] = {ACCELERATOR_INPUT_TABLE};
const struct accelerator_tensor accelerator_outputs[] = {ACCELERATOR_OUTPUT_TABLE};

static const struct {
    uint64_t base, size;
} MEMORY[] = {ACCELERATOR_MEMORY_TABLE};

__attribute__((aligned(LINE), section(".bss.dma"))) static uint8_t
    input[WHOLE_LINES(ACCELERATOR_CHUNK * ACCELERATOR_BYTES_IN)];
__attribute__((aligned(LINE), section(".bss.dma"))) static uint8_t
    output[WHOLE_LINES(ACCELERATOR_CHUNK * ACCELERATOR_BYTES_OUT)];

static char sentence[480];
static uint64_t found, duration;
static bool ready;

static bool fail(const char *why)
{
    struct text text = TEXT(sentence);
    text_add(&text, why);
    return false;
}

static bool reachable(const void *buffer, size_t size)
{
    uint64_t first = (uint64_t)(uintptr_t)buffer;
    for (size_t i = 0; i < sizeof MEMORY / sizeof MEMORY[0]; i++) {
        if (first >= MEMORY[i].base && first - MEMORY[i].base <= MEMORY[i].size &&
            size <= MEMORY[i].size - (first - MEMORY[i].base)) {
            return true;
        }
    }
    struct text text = TEXT(sentence);
    text_add(&text, "the buffer at ");
    text_hex(&text, first, 16);
    text_add(&text, " lies outside the memory that the design reaches");
    return false;
}

static bool same_design(void)
{
    found = hal_identity();
    if (found == ACCELERATOR_DESIGN_ID) {
        return true;
    }
    struct text text = TEXT(sentence);
    text_add(&text, "the fabric holds design ");
    text_hex(&text, found, 16);
    text_add(&text, ", this program is of ");
    text_hex(&text, ACCELERATOR_DESIGN_ID, 16);
    text_add(&text, ": load the bitstream and the program of one build");
    return false;
}

bool accelerator_init(void)
{
    ready = false;
    if (!same_design() || !reachable(input, sizeof input) || !reachable(output, sizeof output)) {
        return false;
    }
    /* A dirty line could be written back later, over what the DMA has written. */
    hal_invalidate(output, sizeof output);
    ready = accelerator_reset();
    return ready;
}

bool accelerator_reset(void)
{
    hal_dma_reset();
    struct deadline deadline = deadline_in(RESET_MS);
    while (!hal_dma_is_reset()) {
        link_drain();
        if (deadline_passed(&deadline)) {
            return fail("the AXI DMA does not come out of reset: its clock stands still or its "
                        "bus hangs; load the bitstream again, or switch the board off and on");
        }
    }
    hal_dma_run();
    return true;
}

static void tell_errors(struct text *text, struct hal_dma_status status, uint32_t wanted)
{
    static const char *const NAMES[] = {"MM2S", "S2MM"};
    static const char *const WAYS[] = {"reading the input", "writing the output"};
    const uint32_t both[] = {status.mm2s, status.s2mm};
    for (unsigned i = 0; i < 2; i++) {
        const char *separator = text->length > 0 ? "; " : "";
        if (both[i] & DECODE_ERROR) {
            text_add(text, separator);
            text_add(text, NAMES[i]);
            text_add(text, " (DMADecErr): ");
            text_add(text, WAYS[i]);
            text_add(text, ", the DMA met an address that the design does not map");
        }
        separator = text->length > 0 ? "; " : "";
        if (both[i] & SLAVE_ERROR) {
            text_add(text, separator);
            text_add(text, NAMES[i]);
            text_add(text, " (DMASlvErr): ");
            text_add(text, WAYS[i]);
            text_add(text, ", the memory answered with an error");
        }
        separator = text->length > 0 ? "; " : "";
        if (both[i] & INTERNAL_ERROR && i == 1) {
            text_add(text, separator);
            text_add(text, "S2MM (DMAIntErr): more than the ");
            text_number(text, wanted);
            text_add(text, " bytes of the output came before TLAST, or the memory write failed");
        } else if (both[i] & INTERNAL_ERROR) {
            text_add(text, separator);
            text_add(text, "MM2S (DMAIntErr): the DMA was asked for 0 bytes or lost its way "
                           "reading the input");
        }
        /* An error of one channel halts the other. */
        if (both[i] & HALTED && !((both[0] | both[1]) & ANY_ERROR)) {
            text_add(text, separator);
            text_add(text, NAMES[i]);
            text_add(text, " has halted without an error: something else has reset the DMA");
        }
    }
}

static void tell_overdue(struct text *text, struct hal_dma_status status, uint32_t sent,
                         uint32_t wanted)
{
    text_add(text, "no result after ");
    text_number(text, ACCELERATOR_TIMEOUT_MS);
    text_add(text, " ms: ");
    if (!(status.mm2s & IDLE)) {
        text_add(text, "the core stopped taking its input: it has not read all of the ");
        text_number(text, sent);
        text_add(text, " bytes");
    } else {
        text_add(text, "all ");
        text_number(text, sent);
        text_add(text, " input bytes were sent, but no TLAST ended the output: the core gave "
                       "fewer than ");
        text_number(text, wanted);
        text_add(text, " bytes, keeps its last samples, or sets no TLAST");
    }
}

static bool tell(struct hal_dma_status status, uint32_t sent, uint32_t wanted)
{
    struct text text = TEXT(sentence);
    if ((status.mm2s | status.s2mm) & (ANY_ERROR | HALTED)) {
        tell_errors(&text, status, wanted);
    } else if (status.mm2s & status.s2mm & IDLE) {
        text_add(&text, "the output ended after ");
        text_number(&text, status.received);
        text_add(&text, " of ");
        text_number(&text, wanted);
        text_add(&text, " bytes: TLAST came too early");
        return false;
    } else {
        tell_overdue(&text, status, sent, wanted);
    }
    text_add(&text, " (MM2S_DMASR ");
    text_hex(&text, status.mm2s, 8);
    text_add(&text, ", S2MM_DMASR ");
    text_hex(&text, status.s2mm, 8);
    text_add(&text, ")");
    return false;
}

static bool finished(struct deadline *deadline, uint32_t sent, uint32_t wanted)
{
    for (bool late = false;; link_drain()) {
        struct hal_dma_status status = hal_dma_status();
        bool failed = (status.mm2s | status.s2mm) & (ANY_ERROR | HALTED);
        bool done = status.mm2s & status.s2mm & IDLE;
        if (done && !failed && status.received == wanted) {
            return true;
        }
        if (failed || done || late) {
            return tell(status, sent, wanted);
        }
        late = deadline_passed(deadline); /* then one more look, for what came meanwhile */
    }
}

static bool transfer(uint32_t samples)
{
    uint32_t sent = samples * ACCELERATOR_BYTES_IN, wanted = samples * ACCELERATOR_BYTES_OUT;
    hal_flush(input, WHOLE_LINES(sent));
    struct deadline deadline = deadline_in(ACCELERATOR_TIMEOUT_MS);
    if (!hal_dma_start(input, sent, output, wanted)) {
        return fail("the AXI DMA's driver refused the transfer: a channel was still busy");
    }
    if (!finished(&deadline, sent, wanted)) {
        return false;
    }
    duration = hal_ticks() - deadline.start;
    hal_invalidate(output, WHOLE_LINES(wanted));
    return true;
}

bool accelerator_run(uint32_t samples)
{
    if (!ready) {
        return accelerator_error()[0] != '\0' ? false : fail("the accelerator was not set up");
    }
    if (samples == 0 || samples > ACCELERATOR_CHUNK) {
        return fail("more samples than the DMA buffer holds, or none");
    }
    if (transfer(samples)) {
        return true;
    }
    char first[sizeof sentence];
    memcpy(first, sentence, sizeof first);
    ready = accelerator_reset();
    if (ready) { /* else the sentence about the reset is the one to read */
        memcpy(sentence, first, sizeof first);
    }
    return false;
}

bool accelerator_predict(const void *in, void *out, size_t samples)
{
    const uint8_t *from = in;
    uint8_t *to = out;
    while (samples > 0) {
        uint32_t count = samples < ACCELERATOR_CHUNK ? (uint32_t)samples : ACCELERATOR_CHUNK;
        memcpy(input, from, count * ACCELERATOR_BYTES_IN);
        if (!accelerator_run(count)) {
            return false;
        }
        memcpy(to, output, count * ACCELERATOR_BYTES_OUT);
        from += count * ACCELERATOR_BYTES_IN;
        to += count * ACCELERATOR_BYTES_OUT;
        samples -= count;
    }
    return true;
}

uint8_t *accelerator_in(void)
{
    return input;
}

const uint8_t *accelerator_out(void)
{
    return output;
}

const char *accelerator_error(void)
{
    return sentence;
}

uint64_t accelerator_ticks(void)
{
    return duration;
}

uint64_t accelerator_found(void)
{
    return found;
}
