/* Numbers to words and back, in integers only: exact, and without an FPU as with one. */
#include <string.h>

#include "accelerator_api.h"

/* A number: magnitude * 2**exponent, the magnitude below 2**53. */
struct number {
    bool negative, infinite, nan;
    uint64_t magnitude;
    int exponent;
};

static struct number take_apart(uint64_t bits, unsigned mantissa_bits, unsigned exponent_bits)
{
    uint64_t mantissa = bits & ((UINT64_C(1) << mantissa_bits) - 1);
    unsigned largest = (1U << exponent_bits) - 1U;
    unsigned exponent = (unsigned)(bits >> mantissa_bits) & largest;
    bool special = exponent == largest;
    struct number number = {
        .negative = bits >> (mantissa_bits + exponent_bits) & 1,
        .infinite = special && mantissa == 0,
        .nan = special && mantissa != 0,
        .magnitude = exponent > 0 ? mantissa | UINT64_C(1) << mantissa_bits : mantissa,
        .exponent = (exponent > 0 ? (int)exponent : 1) - (int)(largest / 2 + mantissa_bits),
    };
    if (number.infinite) {
        number.exponent = 2048; /* beyond every format, and like the largest number otherwise */
        number.magnitude = 1;
    }
    return number;
}

static struct number from_float(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return take_apart(bits, 23, 8);
}

static struct number from_double(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return take_apart(bits, 52, 11);
}

/* Tell whether a magnitude grows by one: rest is what was cut off, half the weight of its top. */
static bool rounds_up(enum accelerator_rounding rounding, bool negative, bool odd, uint64_t rest,
                      uint64_t half)
{
    switch (rounding) {
    case ROUND_TRN: return negative && rest > 0;
    case ROUND_TRN_ZERO: return false;
    case ROUND_RND: return negative ? rest > half : rest >= half;
    case ROUND_RND_ZERO: return rest > half;
    case ROUND_RND_INF: return rest >= half;
    case ROUND_RND_MIN_INF: return negative ? rest >= half : rest > half;
    case ROUND_RND_CONV: return rest > half || (rest == half && odd);
    }
    return false;
}

/* Cut a magnitude to so many bits less, right > 0. */
static uint64_t cut(const struct accelerator_format *format, struct number number, unsigned right)
{
    enum accelerator_rounding rounding = format->is_integer ? ROUND_TRN_ZERO : format->rounding;
    if (right > 63) { /* less than half, whatever it is */
        uint64_t rest = number.magnitude > 0 ? 1 : 0;
        return rounds_up(rounding, number.negative, false, rest, 2) ? 1 : 0;
    }
    uint64_t whole = number.magnitude >> right;
    uint64_t rest = number.magnitude & ((UINT64_C(1) << right) - 1);
    bool up = rounds_up(rounding, number.negative, whole & 1, rest, UINT64_C(1) << (right - 1));
    return whole + (up ? 1 : 0);
}

static unsigned length_of(uint64_t value)
{
    unsigned bits = 0;
    for (; value != 0; value >>= 1) {
        bits++;
    }
    return bits;
}

/* The bit above a word's top bit, before rounding, in two's complement. */
static bool bit_above(struct number number, int position)
{
    uint64_t bits = number.negative ? 0 - number.magnitude : number.magnitude;
    return position >= 0 && position < 64 && (bits >> position & 1); /* none is out of range there */
}

/* What ap_fixed_base's overflow_adjust() makes of a word out of range. */
static uint64_t adjust(const struct accelerator_format *format, uint64_t word, bool over,
                       bool dropped, uint64_t high, uint64_t low)
{
    unsigned width = format->width, count = format->saturation_bits;
    bool magnitude = format->overflow == OVERFLOW_WRAP_SM;
    switch (format->overflow) {
    case OVERFLOW_SAT_ZERO: return 0;
    case OVERFLOW_SAT:
    case OVERFLOW_SAT_SYM: return over ? high : low;
    case OVERFLOW_WRAP:
    case OVERFLOW_WRAP_SM: break;
    }
    if (!magnitude && count == 0) {
        return word;
    }
    if (!format->is_signed) {
        uint64_t ones = count < 64 ? (UINT64_C(1) << count) - 1 : UINT64_MAX;
        return word | ones << (width - count);
    }
    unsigned edge = width - (count > 1 ? count : 1);
    bool sign = count == 0 ? dropped : !over;
    if (magnitude && ((word >> edge & 1) == sign) == (count > 1)) {
        word = ~word;
    }
    uint64_t top = UINT64_C(1) << (width - 1), middle = top - (UINT64_C(1) << edge);
    word = over ? word | middle : word & ~middle;
    return sign ? word | top : word & ~top;
}

static int64_t extend(const struct accelerator_format *format, uint64_t word)
{
    if (format->width < 64) {
        word &= (UINT64_C(1) << format->width) - 1;
        if (format->is_signed && word >> (format->width - 1U)) {
            word |= UINT64_MAX << format->width;
        }
    }
    return (int64_t)word;
}

static int64_t to_word(const struct accelerator_format *format, struct number number)
{
    int shift = number.exponent + format->fraction;
    uint64_t whole;
    bool huge = false;
    if (shift < 0) {
        whole = cut(format, number, (unsigned)-shift);
    } else {
        whole = shift < 64 ? number.magnitude << shift : 0;
        huge = number.magnitude > 0 && (int)length_of(number.magnitude) + shift > 64;
    }
    uint64_t word = number.negative ? 0 - whole : whole;
    if (format->is_integer) {
        /* ap_int_base(double) gives 1 between -0.5 and 0. */
        bool tiny = number.negative && number.magnitude > 0 &&
                    (int)length_of(number.magnitude) + number.exponent < 0;
        return extend(format, tiny ? 1 : word);
    }
    uint64_t top = UINT64_C(1) << (format->width - 1U);
    uint64_t high = format->is_signed ? top - 1 : top - 1 + top;
    uint64_t deep = !format->is_signed ? 0 : format->overflow == OVERFLOW_SAT_SYM ? top - 1 : top;
    bool over = !number.negative && (huge || whole > high);
    bool under = number.negative && (huge || whole > deep);
    if (over || under) {
        bool dropped = bit_above(number, format->width - shift);
        word = adjust(format, word, over, dropped, high, 0 - deep);
    }
    return extend(format, word);
}

static bool encodable(const struct accelerator_format *format, struct number number)
{
    bool saturates = format->overflow == OVERFLOW_SAT || format->overflow == OVERFLOW_SAT_ZERO ||
                     format->overflow == OVERFLOW_SAT_SYM;
    return !number.nan && (!number.infinite || saturates);
}

static uint32_t place_of(const struct accelerator_tensor *tensor, uint32_t element)
{
    uint32_t beat = element / tensor->lanes, lane = element % tensor->lanes;
    return tensor->offset * 8 + beat * tensor->stream_bits + lane * tensor->element_bits;
}

void accelerator_set(const struct accelerator_tensor *tensor, void *sample, uint32_t element,
                     int64_t word)
{
    uint8_t *bytes = sample;
    uint32_t at = place_of(tensor, element);
    uint64_t bits = (uint64_t)word;
    for (uint32_t left = tensor->element_bits; left > 0;) {
        uint32_t below = at % 8, count = left < 8 - below ? left : 8 - below;
        uint32_t mask = ((1U << count) - 1U) << below;
        bytes[at / 8] = (uint8_t)((bytes[at / 8] & ~mask) | ((uint32_t)(bits << below) & mask));
        bits >>= count;
        at += count;
        left -= count;
    }
}

int64_t accelerator_get(const struct accelerator_tensor *tensor, const void *sample,
                        uint32_t element)
{
    const uint8_t *bytes = sample;
    uint32_t at = place_of(tensor, element);
    uint64_t bits = 0;
    for (uint32_t done = 0; done < tensor->element_bits;) {
        uint32_t below = at % 8, left = tensor->element_bits - done;
        uint32_t count = left < 8 - below ? left : 8 - below;
        bits |= (uint64_t)((uint32_t)bytes[at / 8] >> below & ((1U << count) - 1U)) << done;
        at += count;
        done += count;
    }
    return extend(&tensor->format, bits);
}

static void clear(const struct accelerator_tensor *tensor, void *sample)
{
    memset((uint8_t *)sample + tensor->offset, 0, tensor->bytes);
}

bool accelerator_encode(const struct accelerator_tensor *tensor, const float *values, void *sample)
{
    clear(tensor, sample);
    for (uint32_t i = 0; i < tensor->elements; i++) {
        struct number number = from_float(values[i]);
        if (!encodable(&tensor->format, number)) {
            return false;
        }
        accelerator_set(tensor, sample, i, to_word(&tensor->format, number));
    }
    return true;
}

bool accelerator_encode_double(const struct accelerator_tensor *tensor, const double *values,
                               void *sample)
{
    clear(tensor, sample);
    for (uint32_t i = 0; i < tensor->elements; i++) {
        struct number number = from_double(values[i]);
        if (!encodable(&tensor->format, number)) {
            return false;
        }
        accelerator_set(tensor, sample, i, to_word(&tensor->format, number));
    }
    return true;
}

bool accelerator_decode(const struct accelerator_tensor *tensor, const void *sample, float *values)
{
    const struct accelerator_format *format = &tensor->format;
    if (format->width - format->fraction > 127 || format->fraction > 100 ||
        format->fraction < -100) {
        return false;
    }
    uint32_t bits = (uint32_t)(127 - format->fraction) << 23;
    float step;
    memcpy(&step, &bits, sizeof step);
    for (uint32_t i = 0; i < tensor->elements; i++) {
        int64_t word = accelerator_get(tensor, sample, i);
        values[i] = (format->is_signed ? (float)word : (float)(uint64_t)word) * step;
    }
    return true;
}

void accelerator_decode_double(const struct accelerator_tensor *tensor, const void *sample,
                               double *values)
{
    uint64_t bits = (uint64_t)(1023 - tensor->format.fraction) << 52;
    double step;
    memcpy(&step, &bits, sizeof step);
    for (uint32_t i = 0; i < tensor->elements; i++) {
        int64_t word = accelerator_get(tensor, sample, i);
        values[i] = (tensor->format.is_signed ? (double)word : (double)(uint64_t)word) * step;
    }
}
