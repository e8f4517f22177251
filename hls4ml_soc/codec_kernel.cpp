// The codec's inner loops in one pass over memory, for the host: what numpy does in several.
//
// encode returns whether there is an element that it cannot convert; then the reference, numpy, converts all. Compiled with
// -fno-trapping-math, never with -ffast-math: a NaN must be seen.
#include <cmath>
#include <cstdint>

// AP_TRN and AP_RND_CONV of floats whose product with a power of two is exact, to words within low..high. `clips`: values
// beyond become the limit, as AP_SAT has it; NaN never does.
template <class WORD, bool ROUND>
static int encode(const float *x, WORD *words, long count, float scale, float low, float high, int clips) {
    int nan = 0, beyond = 0;
    for (long i = 0; i < count; i++) {
        const float scaled = x[i] * scale;
        const float whole = ROUND ? std::nearbyint(scaled) : std::floor(scaled);
        float held = whole > low ? whole : low; // NaN becomes low: whatever is cast lies in range
        held = held < high ? held : high;
        words[i] = WORD(int32_t(held));
        nan |= whole != whole;
        beyond |= held != whole;
    }
    return clips ? nan : beyond;
}

template <class WORD> static void decode(const WORD *words, float *y, long count, float step) {
    for (long i = 0; i < count; i++)
        y[i] = float(words[i]) * step;
}

#define BOTH_WAYS(NAME, WORD)                                                                                           \
    extern "C" int encode_floor_##NAME(const float *x, WORD *w, long n, float s, float l, float h, int c) {            \
        return encode<WORD, false>(x, w, n, s, l, h, c);                                                                \
    }                                                                                                                   \
    extern "C" int encode_rint_##NAME(const float *x, WORD *w, long n, float s, float l, float h, int c) {             \
        return encode<WORD, true>(x, w, n, s, l, h, c);                                                                 \
    }                                                                                                                   \
    extern "C" void decode_##NAME(const WORD *w, float *y, long n, float step) { decode<WORD>(w, y, n, step); }

BOTH_WAYS(int8, int8_t)
BOTH_WAYS(int16, int16_t)
BOTH_WAYS(int32, int32_t)
BOTH_WAYS(uint8, uint8_t)
BOTH_WAYS(uint16, uint16_t)
