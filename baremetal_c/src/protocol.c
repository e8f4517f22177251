#include "protocol.h"

#include "accelerator_api.h"
#include "hal.h"
#include "link.h"
#include "requests.h"
#include "terminal.h"

/* A key is a byte that stays alone for so long; after a zero, which opens a frame, nothing is. What
 * is left of a frame that stopped coming is forgotten, so that the next key is one again. */
#define KEY_MS 30U
#define FRAME_MS 250U

static struct frame_decoder decoder;
static struct frame_encoder encoder;
static bool opened; /* a delimiter has come, and no frame since */
static uint8_t latest;
static uint64_t heard; /* when the line was last busy */
static uint32_t damaged, failures;

uint32_t protocol_damaged(void)
{
    return damaged;
}

uint32_t protocol_failures(void)
{
    return failures;
}

struct frame_encoder *answer(const struct request *request)
{
    frame_begin(&encoder, link_put, request->kind | REQUEST_ANSWER, request->sequence);
    return &encoder;
}

static void answer_sentence(uint32_t sequence, enum failure why, const char *sentence)
{
    frame_begin(&encoder, link_put, ANSWER_FAILED, sequence);
    frame_u8(&encoder, (uint8_t)why);
    for (; *sentence != '\0'; sentence++) {
        frame_u8(&encoder, (uint8_t)*sentence);
    }
}

void answer_failure(const struct request *request, enum failure why, const char *sentence)
{
    failures++;
    if (why == ACCELERATOR_FAILED) {
        terminal_error(sentence); /* a person at a terminal shall see it too */
    }
    answer_sentence(request->sequence, why, sentence);
}

static void handle(void)
{
    struct request request = {
        .payload = frame_payload(&decoder),
        .length = frame_payload_length(&decoder),
        .sequence = frame_sequence(&decoder),
        .kind = frame_kind(&decoder),
    };
    switch (request.kind) {
    case REQUEST_INFO: request_information(&request); break;
    case REQUEST_ECHO: frame_bytes(answer(&request), request.payload, request.length); break;
    case REQUEST_INFER: request_infer(&request); break;
    case REQUEST_LOAD: request_load(&request); break;
    case REQUEST_RUN: request_run(&request); break;
    case REQUEST_FETCH: request_fetch(&request); break;
    case REQUEST_BENCH: request_bench(&request); break;
    case REQUEST_SELFTEST: request_selftest(&request); break;
    case REQUEST_RESET: request_reset(&request); break;
    default: answer_failure(&request, BAD_REQUEST, "no such request"); break;
    }
    frame_end(&encoder);
}

static void tell_overruns(void)
{
    static uint32_t told;
    if (link_overruns() != told) {
        told = link_overruns();
        terminal_error("the receiver of the UART overflowed, bytes are lost");
    }
}

static void refuse_damaged(void)
{
    tell_overruns();
    damaged++;
    frame_begin(&encoder, link_put, ANSWER_DAMAGED, 0);
    frame_u32(&encoder, damaged);
    frame_u32(&encoder, link_overruns());
    frame_end(&encoder);
}

static bool silent_for(uint32_t milliseconds)
{
    return hal_ticks() - heard > (uint64_t)(hal_ticks_per_second() / 1000U) * milliseconds;
}

static void listen_to_silence(void)
{
    tell_overruns();
    if (decoder.taken == 1 && !opened && silent_for(KEY_MS)) {
        frame_restart(&decoder);
        terminal_key(latest);
    } else if ((decoder.taken > 0 || opened) && silent_for(FRAME_MS)) {
        frame_restart(&decoder);
        opened = false;
    }
}

static void take(uint8_t byte)
{
    latest = byte;
    switch (frame_take(&decoder, byte)) {
    case FRAME_NONE: break;
    case FRAME_EMPTY: opened = true; break;
    case FRAME_GOOD:
        opened = false;
        handle();
        break;
    case FRAME_DAMAGED:
        opened = true; /* its end may have been the beginning of the next */
        refuse_damaged();
        break;
    }
}

void protocol_step(void)
{
    link_drain();
    int byte = link_get();
    if (byte < 0) {
        listen_to_silence();
        return;
    }
    for (unsigned count = 1; byte >= 0; byte = count++ < LINK_BURST ? link_get() : -1) {
        take((uint8_t)byte);
    }
    heard = hal_ticks();
}
