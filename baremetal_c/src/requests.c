#include "requests.h"

#include <string.h>

#include "accelerator_api.h"
#include "hal.h"
#include "link.h"
#include "protocol.h"
#include "selftest.h"

#define DATA 4096U /* bytes of samples in one frame, at most */
#define BENCH_RUNS 10000U

/* A batch that is too large for one frame comes in pieces, each after the one before. */
static struct {
    uint32_t id, received, result;
    bool done;
} upload;

static bool needs(const struct request *request, uint32_t length)
{
    if (request->length >= length) {
        return true;
    }
    answer_failure(request, BAD_REQUEST, "the request is too short");
    return false;
}

static bool is_for_this_design(const struct request *request)
{
    if (frame_get_u64(request->payload) == ACCELERATOR_DESIGN_ID) {
        return true;
    }
    answer_failure(request, WRONG_DESIGN,
                   "the samples are for another design than this program's: use the bundle that "
                   "the board was loaded from");
    return false;
}

static void add_string(struct frame_encoder *out, const char *text)
{
    frame_bytes(out, text, (uint32_t)strlen(text) + 1);
}

static void add_tensors(struct frame_encoder *out, const struct accelerator_tensor *tensors,
                        uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        add_string(out, tensors[i].name);
        add_string(out, tensors[i].shape);
        add_string(out, tensors[i].type);
    }
}

void request_information(const struct request *request)
{
    struct frame_encoder *out = answer(request);
    frame_u32(out, PROTOCOL_VERSION);
    frame_u32(out, ACCELERATOR_MEASURABLE);
    frame_u64(out, ACCELERATOR_DESIGN_ID);
    frame_u64(out, accelerator_found());
    frame_u32(out, link_window());
    frame_u32(out, ACCELERATOR_CHUNK);
    frame_u32(out, ACCELERATOR_BYTES_IN);
    frame_u32(out, ACCELERATOR_BYTES_OUT);
    frame_u32(out, hal_ticks_per_second());
    frame_u32(out, ACCELERATOR_CLOCK_HZ);
    frame_u32(out, protocol_damaged());
    frame_u32(out, link_overruns());
    frame_u32(out, protocol_failures());
    frame_u32(out, ACCELERATOR_INPUTS);
    frame_u32(out, ACCELERATOR_OUTPUTS);
    add_string(out, ACCELERATOR_NAME);
    add_string(out, ACCELERATOR_BOARD);
    add_string(out, ACCELERATOR_VERSION);
    add_string(out, accelerator_error());
    add_tensors(out, accelerator_inputs, ACCELERATOR_INPUTS);
    add_tensors(out, accelerator_outputs, ACCELERATOR_OUTPUTS);
}

void request_infer(const struct request *request)
{
    if (!needs(request, 8) || !is_for_this_design(request)) {
        return;
    }
    uint32_t length = request->length - 8, samples = length / ACCELERATOR_BYTES_IN;
    if (samples == 0 || samples * ACCELERATOR_BYTES_IN != length || samples > ACCELERATOR_CHUNK ||
        samples > DATA / ACCELERATOR_BYTES_OUT) {
        answer_failure(request, BAD_REQUEST, "not a whole number of samples, or too many");
        return;
    }
    upload.id = 0;
    memcpy(accelerator_in(), request->payload + 8, length);
    if (!accelerator_run(samples)) {
        answer_failure(request, ACCELERATOR_FAILED, accelerator_error());
        return;
    }
    frame_bytes(answer(request), accelerator_out(), samples * ACCELERATOR_BYTES_OUT);
}

void request_load(const struct request *request)
{
    if (!needs(request, 16) || !is_for_this_design(request)) {
        return;
    }
    uint32_t id = frame_get_u32(request->payload + 8);
    uint32_t offset = frame_get_u32(request->payload + 12), length = request->length - 16;
    if (id == 0 || offset > ACCELERATOR_CHUNK * ACCELERATOR_BYTES_IN ||
        length > ACCELERATOR_CHUNK * ACCELERATOR_BYTES_IN - offset) {
        answer_failure(request, BAD_REQUEST, "more samples than the buffer holds");
        return;
    }
    if (id != upload.id && offset == 0) {
        upload.id = id;
        upload.received = 0;
        upload.done = false;
    }
    /* Only the piece that comes next is taken; the answer says which one that is. */
    if (id == upload.id && offset == upload.received && !upload.done) {
        memcpy(accelerator_in() + offset, request->payload + 16, length);
        upload.received += length;
    }
    frame_u32(answer(request), id == upload.id ? upload.received : 0);
}

static bool is_current(const struct request *request, uint32_t id)
{
    if (id != 0 && id == upload.id) {
        return true;
    }
    answer_failure(request, INCOMPLETE, "these samples are not here: send them again");
    return false;
}

void request_run(const struct request *request)
{
    if (!needs(request, 8) || !is_current(request, frame_get_u32(request->payload))) {
        return;
    }
    uint32_t length = frame_get_u32(request->payload + 4), samples = length / ACCELERATOR_BYTES_IN;
    if (length != upload.received || samples * ACCELERATOR_BYTES_IN != length) {
        answer_failure(request, INCOMPLETE, "the samples have not come completely");
        return;
    }
    if (!upload.done) {
        if (!accelerator_run(samples)) {
            upload.id = 0;
            answer_failure(request, ACCELERATOR_FAILED, accelerator_error());
            return;
        }
        upload.done = true;
        upload.result = samples * ACCELERATOR_BYTES_OUT;
    }
    frame_u32(answer(request), upload.result);
}

void request_fetch(const struct request *request)
{
    if (!needs(request, 12) || !is_current(request, frame_get_u32(request->payload))) {
        return;
    }
    uint32_t offset = frame_get_u32(request->payload + 4);
    uint32_t length = frame_get_u32(request->payload + 8);
    if (!upload.done) {
        answer_failure(request, INCOMPLETE, "the samples have not been computed yet");
    } else if (length > DATA || offset > upload.result || length > upload.result - offset) {
        answer_failure(request, BAD_REQUEST, "more than there is, or than a frame holds");
    } else {
        frame_bytes(answer(request), accelerator_out() + offset, length);
    }
}

void request_bench(const struct request *request)
{
    if (!needs(request, 8)) {
        return;
    }
    struct bench bench;
    uint32_t runs = frame_get_u32(request->payload), samples = frame_get_u32(request->payload + 4);
    if (runs == 0 || runs > BENCH_RUNS) {
        answer_failure(request, BAD_REQUEST, "a benchmark takes 1 to 10000 runs");
        return;
    }
    upload.id = 0;
    if (!bench_run(&bench, runs, samples)) {
        answer_failure(request, ACCELERATOR_FAILED, accelerator_error());
        return;
    }
    struct frame_encoder *out = answer(request);
    frame_u64(out, bench.least);
    frame_u64(out, bench.most);
    frame_u64(out, bench.total);
}

void request_selftest(const struct request *request)
{
    struct selftest result;
    upload.id = 0;
    selftest_run(&result, false);
    if (result.failed) {
        answer_failure(request, ACCELERATOR_FAILED, accelerator_error());
        return;
    }
    struct frame_encoder *out = answer(request);
    frame_u32(out, result.samples);
    frame_u32(out, result.wrong);
    add_string(out, result.first);
}

void request_reset(const struct request *request)
{
    upload.id = 0;
    if (accelerator_init()) {
        answer(request);
    } else {
        answer_failure(request, ACCELERATOR_FAILED, accelerator_error());
    }
}
