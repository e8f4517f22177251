/* The requests of the protocol, one function each. */
#ifndef REQUESTS_H
#define REQUESTS_H

#include <stdbool.h>
#include <stdint.h>

#include "frame.h"

#define PROTOCOL_VERSION 1U

enum request_kind {
    REQUEST_INFO = 0x01,
    REQUEST_ECHO = 0x02,
    REQUEST_INFER = 0x03,
    REQUEST_LOAD = 0x04,
    REQUEST_RUN = 0x05,
    REQUEST_FETCH = 0x06,
    REQUEST_BENCH = 0x07,
    REQUEST_SELFTEST = 0x08,
    REQUEST_RESET = 0x09,
    REQUEST_ANSWER = 0x80, /* set in the answer to each */
};

enum failure { BAD_REQUEST = 1, WRONG_DESIGN = 2, ACCELERATOR_FAILED = 3, INCOMPLETE = 4 };

#define ANSWER_FAILED 0xFFU
#define ANSWER_DAMAGED 0xFEU

/* A request. The answer is begun once, and ended by protocol.c. */
struct request {
    const uint8_t *payload;
    uint32_t length, sequence;
    uint8_t kind;
};

/* Begin the answer, return where to add its payload. */
struct frame_encoder *answer(const struct request *request);

/* Answer with a sentence instead. */
void answer_failure(const struct request *request, enum failure why, const char *sentence);

void request_information(const struct request *request);
void request_infer(const struct request *request);
void request_load(const struct request *request);
void request_run(const struct request *request);
void request_fetch(const struct request *request);
void request_bench(const struct request *request);
void request_selftest(const struct request *request);
void request_reset(const struct request *request);

#endif
