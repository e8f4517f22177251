#include "terminal.h"

#include "accelerator_api.h"
#include "hal.h"
#include "link.h"
#include "protocol.h"
#include "selftest.h"
#include "text.h"

#define BENCH_RUNS 100U

static void tell_tensors(const char *what, const struct accelerator_tensor *tensors,
                         uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        char line[200];
        struct text text = TEXT(line);
        text_add(&text, what);
        text_add(&text, tensors[i].name);
        text_add(&text, " [");
        text_add(&text, tensors[i].shape);
        text_add(&text, "] ");
        text_add(&text, tensors[i].type);
        text_add(&text, ", ");
        text_number(&text, tensors[i].bytes);
        text_add(&text, " bytes a sample\n");
        link_text(line);
    }
}

static void tell_identity(void)
{
    char line[240];
    struct text text = TEXT(line);
    text_add(&text, "\n" ACCELERATOR_VERSION ": network " ACCELERATOR_NAME
                    " on " ACCELERATOR_BOARD "\ndesign ");
    text_hex(&text, ACCELERATOR_DESIGN_ID, 16);
    text_add(&text, "\n");
    link_text(line);
    tell_tensors("input  ", accelerator_inputs, ACCELERATOR_INPUTS);
    tell_tensors("output ", accelerator_outputs, ACCELERATOR_OUTPUTS);
}

static void tell_selftest(void)
{
    struct selftest result;
    link_text("self-test\n");
    selftest_run(&result, true);
    if (result.failed) {
        link_text("self-test: FAIL\n");
        terminal_error(accelerator_error());
        return;
    }
    char line[280];
    struct text text = TEXT(line);
    text_add(&text, result.wrong > 0 ? "self-test: FAIL, " : "self-test: PASS, ");
    text_number(&text, result.samples - result.wrong);
    text_add(&text, " of ");
    text_number(&text, result.samples);
    text_add(&text, " samples as expected\n");
    text_add(&text, result.wrong > 0 ? result.first : "");
    text_add(&text, result.wrong > 0 ? "\n" : "");
    link_text(line);
}

static void tell_cycles(void)
{
    if (!ACCELERATOR_MEASURABLE) {
        link_text("time per inference: not measured, this is a virtual board\n");
        return;
    }
    struct bench bench;
    if (!bench_run(&bench, BENCH_RUNS, 1)) {
        terminal_error(accelerator_error());
        return;
    }
    char line[160];
    struct text text = TEXT(line);
    uint64_t hertz = hal_ticks_per_second();
    text_add(&text, "time per inference: ");
    text_number(&text, bench.total * (ACCELERATOR_CLOCK_HZ / 1000U) / (hertz / 1000U) / bench.runs);
    text_add(&text, " clock cycles of the fabric, ");
    text_decimal(&text, bench.total * UINT64_C(100000000) / hertz / bench.runs, 2);
    text_add(&text, " us, transfers included\n");
    link_text(line);
}

static void tell_counters(void)
{
    char line[200];
    struct text text = TEXT(line);
    text_add(&text, "damaged frames ");
    text_number(&text, protocol_damaged());
    text_add(&text, ", receiver overruns ");
    text_number(&text, link_overruns());
    text_add(&text, ", failures ");
    text_number(&text, protocol_failures());
    text_add(&text, "\nlast error: ");
    link_text(line);
    link_text(accelerator_error()[0] != '\0' ? accelerator_error() : "none");
    link_text("\n");
}

static void help(void)
{
    link_text("keys: i information, s self-test, b benchmark, e errors, r reset, h help\n");
}

void terminal_error(const char *sentence)
{
    link_text("error: ");
    link_text(sentence);
    link_text("\n");
}

void terminal_welcome(void)
{
    tell_identity();
    if (!accelerator_init()) {
        terminal_error(accelerator_error());
    } else {
        tell_selftest();
        tell_cycles();
    }
    help();
    link_text("ready\n");
}

void terminal_key(uint8_t key)
{
    switch (key) {
    case 'i': tell_identity(); break;
    case 's': tell_selftest(); break;
    case 'b': tell_cycles(); break;
    case 'e': tell_counters(); break;
    case 'r':
        if (accelerator_init()) {
            link_text("reset\n");
        } else {
            terminal_error(accelerator_error());
        }
        break;
    default: help(); break;
    }
}
