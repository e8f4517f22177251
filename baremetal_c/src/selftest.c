#include "selftest.h"

#include <string.h>

#include "accelerator_api.h"
#include "link.h"
#include "vectors.h"

/* Elements of an output that a line on the terminal shows. */
#define SHOWN 8U

static const uint8_t INPUTS[] = {VECTOR_INPUTS};
static const uint8_t OUTPUTS[] = {VECTOR_OUTPUTS};

/* Write a word as the number it stands for, where that takes no more than 64 bits. */
static void text_value(struct text *text, const struct accelerator_format *format, int64_t word)
{
    if (format->fraction < 0 || format->fraction > 40) {
        text_signed(text, word);
        text_add(text, "*2^");
        text_signed(text, -format->fraction);
        return;
    }
    if (format->fraction == 0) {
        text_signed(text, word);
        return;
    }
    uint64_t size = word < 0 && format->is_signed ? 0 - (uint64_t)word : (uint64_t)word;
    uint64_t rest = size & ((UINT64_C(1) << format->fraction) - 1);
    text_add(text, word < 0 && format->is_signed ? "-" : "");
    text_number(text, size >> format->fraction);
    text_add(text, ".");
    uint64_t digits = rest * 10000 >> format->fraction;
    for (uint64_t unit = 1000; unit > digits && unit > 1; unit /= 10) {
        text_add(text, "0");
    }
    text_number(text, digits);
}

static void show(const char *what, const uint8_t *sample)
{
    const struct accelerator_tensor *tensor = &accelerator_outputs[0];
    char line[240];
    struct text text = TEXT(line);
    text_add(&text, what);
    for (uint32_t i = 0; i < tensor->elements && i < SHOWN; i++) {
        text_add(&text, " ");
        text_value(&text, &tensor->format, accelerator_get(tensor, sample, i));
    }
    text_add(&text, tensor->elements > SHOWN ? " ...\n" : "\n");
    link_text(line);
}

static bool same(const uint8_t *expected, const uint8_t *got, uint32_t sample, char *first,
                 uint32_t size)
{
    for (uint32_t o = 0; o < ACCELERATOR_OUTPUTS; o++) {
        const struct accelerator_tensor *tensor = &accelerator_outputs[o];
        for (uint32_t i = 0; i < tensor->elements; i++) {
            link_drain();
            int64_t want = accelerator_get(tensor, expected, i);
            int64_t have = accelerator_get(tensor, got, i);
            if (want == have) {
                continue;
            }
            if (first[0] == '\0') {
                struct text text = {first, size, 0};
                text_add(&text, tensor->name);
                text_add(&text, "[");
                text_number(&text, i);
                text_add(&text, "] of sample ");
                text_number(&text, sample);
                text_add(&text, ": expected ");
                text_value(&text, &tensor->format, want);
                text_add(&text, ", got ");
                text_value(&text, &tensor->format, have);
            }
            return false;
        }
    }
    return true;
}

void selftest_run(struct selftest *result, bool aloud)
{
    memset(result, 0, sizeof *result);
    for (uint32_t i = 0; i < VECTORS; i++) {
        memcpy(accelerator_in(), INPUTS + i * ACCELERATOR_BYTES_IN, ACCELERATOR_BYTES_IN);
        if (!accelerator_run(1)) {
            result->failed = true;
            return;
        }
        const uint8_t *expected = OUTPUTS + i * ACCELERATOR_BYTES_OUT;
        bool good = same(expected, accelerator_out(), i, result->first, sizeof result->first);
        result->samples++;
        result->wrong += good ? 0 : 1;
        if (aloud) {
            show("  expected", expected);
            show("  got     ", accelerator_out());
            link_text(good ? "  PASS\n" : "  FAIL\n");
        }
    }
}

bool bench_run(struct bench *result, uint32_t runs, uint32_t samples)
{
    *result = (struct bench){.least = UINT64_MAX, .samples = samples};
    if (samples == 0 || samples > ACCELERATOR_CHUNK) {
        return accelerator_run(samples); /* which says what is wrong with it */
    }
    for (uint32_t i = 0; i < samples && VECTORS > 0; i++) {
        memcpy(accelerator_in() + i * ACCELERATOR_BYTES_IN, INPUTS, ACCELERATOR_BYTES_IN);
        link_drain();
    }
    for (; result->runs < runs; result->runs++) {
        if (!accelerator_run(samples)) {
            return false;
        }
        uint64_t ticks = accelerator_ticks();
        result->least = ticks < result->least ? ticks : result->least;
        result->most = ticks > result->most ? ticks : result->most;
        result->total += ticks;
    }
    return true;
}
