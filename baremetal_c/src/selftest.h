/* The accelerator against samples with known results, which came with the program. */
#ifndef SELFTEST_H
#define SELFTEST_H

#include <stdbool.h>
#include <stdint.h>

#include "text.h"

struct selftest {
    uint32_t samples, wrong;
    bool failed;        /* the accelerator gave no result; accelerator_error() says why */
    char first[200];    /* the first difference, in words */
};

/* Compute all samples and compare; with aloud, write each to the terminal. */
void selftest_run(struct selftest *result, bool aloud);

struct bench {
    uint64_t least, most, total; /* ticks of one transfer of so many samples */
    uint32_t runs, samples;
};

/* Time transfers. False if the accelerator failed. */
bool bench_run(struct bench *result, uint32_t runs, uint32_t samples);

#endif
