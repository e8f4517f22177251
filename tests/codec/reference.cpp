// What C++ does: assignments between doubles, floats and hls4ml's ap_types, for every format listed in
// formats.inc as FORMAT(type). Raw words travel as 64 bits, of which only the type's own count.
#include <ap_fixed.h>
#include <ap_int.h>
#include <stdint.h>

template <class T> struct Conversion {
    template <class V> static void assign(const V *values, uint64_t *words, long count) {
        for (long i = 0; i < count; i++) {
            T number = values[i];
            words[i] = number.V.to_uint64();
        }
    }
    static void from_double(const double *values, uint64_t *words, long count) { assign(values, words, count); }
    static void from_float(const float *values, uint64_t *words, long count) { assign(values, words, count); }
    template <class V> static void value(const uint64_t *words, V *values, long count) {
        for (long i = 0; i < count; i++) {
            T number;
            number.V = words[i];
            values[i] = V(number);
        }
    }
    static void to_double(const uint64_t *words, double *values, long count) { value(words, values, count); }
    static void to_float(const uint64_t *words, float *values, long count) { value(words, values, count); }
};

struct Entry {
    void (*from_double)(const double *, uint64_t *, long);
    void (*from_float)(const float *, uint64_t *, long);
    void (*to_double)(const uint64_t *, double *, long);
    void (*to_float)(const uint64_t *, float *, long);
};

#define FORMAT(...)                                                                                                    \
    {Conversion<__VA_ARGS__>::from_double, Conversion<__VA_ARGS__>::from_float, Conversion<__VA_ARGS__>::to_double,    \
     Conversion<__VA_ARGS__>::to_float},
static const Entry entries[] = {
#include "formats.inc"
};

extern "C" {
void from_double(int format, const double *in, uint64_t *out, long count) { entries[format].from_double(in, out, count); }
void from_float(int format, const float *in, uint64_t *out, long count) { entries[format].from_float(in, out, count); }
void to_double(int format, const uint64_t *in, double *out, long count) { entries[format].to_double(in, out, count); }
void to_float(int format, const uint64_t *in, float *out, long count) { entries[format].to_float(in, out, count); }
}
