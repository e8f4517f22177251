/* The accelerator, for any C program: the whole network in one call.
 *
 *     accelerator_init();
 *     accelerator_encode(&accelerator_inputs[0], floats, sample);
 *     accelerator_predict(sample, result, 1);
 *     accelerator_decode(&accelerator_outputs[0], result, floats);
 *
 * A sample holds its tensors in port order, ACCELERATOR_BYTES_IN and ACCELERATOR_BYTES_OUT bytes of
 * them; docs/contract.md says how. A call that fails returns false, and accelerator_error() is the
 * sentence that says why. After an error the accelerator has been reset, and the next call starts
 * afresh. */
#ifndef ACCELERATOR_API_H
#define ACCELERATOR_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accelerator.h"

/* The most that one DMA transfer may take. */
#ifndef ACCELERATOR_TIMEOUT_MS
#define ACCELERATOR_TIMEOUT_MS 1000U
#endif

enum accelerator_rounding {
    ROUND_TRN,
    ROUND_TRN_ZERO,
    ROUND_RND,
    ROUND_RND_ZERO,
    ROUND_RND_INF,
    ROUND_RND_MIN_INF,
    ROUND_RND_CONV,
};
enum accelerator_overflow {
    OVERFLOW_WRAP,
    OVERFLOW_SAT,
    OVERFLOW_SAT_ZERO,
    OVERFLOW_SAT_SYM,
    OVERFLOW_WRAP_SM,
};

/* A number format, as ap_fixed<width, width - fraction, rounding, overflow, saturation_bits>. */
struct accelerator_format {
    uint8_t width;
    int16_t fraction;
    bool is_signed, is_integer; /* is_integer: an ap_int, which converts by other rules */
    enum accelerator_rounding rounding;
    enum accelerator_overflow overflow;
    uint8_t saturation_bits;
};

/* One tensor: elements from byte offset of a sample on, lanes of them in each beat. */
struct accelerator_tensor {
    const char *name, *shape, *type;
    uint32_t elements, offset, bytes;
    uint16_t lanes, stream_bits, element_bits;
    struct accelerator_format format;
};

extern const struct accelerator_tensor accelerator_inputs[ACCELERATOR_INPUTS];
extern const struct accelerator_tensor accelerator_outputs[ACCELERATOR_OUTPUTS];

/* Reset the accelerator and compare the design's identity with that of this program. */
bool accelerator_init(void);

/* Compute samples, as many as there are: large numbers go in several transfers. */
bool accelerator_predict(const void *in, void *out, size_t samples);

/* The same without a copy, for as many samples as fit: fill accelerator_in(), run, read
 * accelerator_out(). */
uint8_t *accelerator_in(void);
bool accelerator_run(uint32_t samples);
const uint8_t *accelerator_out(void);

/* Reset DMA and core: whatever was under way is gone. */
bool accelerator_reset(void);

/* What failed last, "" before anything has. */
const char *accelerator_error(void);

/* Ticks that the last transfer took, from its start to its end. */
uint64_t accelerator_ticks(void);

/* The identity found in the fabric by accelerator_init(). */
uint64_t accelerator_found(void);

/* Convert a tensor's values to its place in a sample, by the format's own rounding and overflow,
 * bit for bit as hls_model.predict does; and back, exactly or to the nearest. False for NaN and for
 * what has no word in the format. A float reaches exponents from -100 to 127 only. */
bool accelerator_encode(const struct accelerator_tensor *tensor, const float *values, void *sample);
bool accelerator_encode_double(const struct accelerator_tensor *tensor, const double *values,
                               void *sample);
bool accelerator_decode(const struct accelerator_tensor *tensor, const void *sample, float *values);
void accelerator_decode_double(const struct accelerator_tensor *tensor, const void *sample,
                               double *values);

/* Read and write single words: value * 2**fraction, sign-extended. */
int64_t accelerator_get(const struct accelerator_tensor *tensor, const void *sample,
                        uint32_t element);
void accelerator_set(const struct accelerator_tensor *tensor, void *sample, uint32_t element,
                     int64_t word);

#endif
