// Every shape of soc_stream.h there and back, against a packer of its own that knows only integers.
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "ap_fixed.h"
#include "soc_stream.h"

template <class T, unsigned N> struct word {
    typedef T value_type;
    static const unsigned size = N;
    T data[N];
    T &operator[](size_t i) { return data[i]; }
    const T &operator[](size_t i) const { return data[i]; }
};

typedef unsigned long long u64;

static u64 pattern(int i) { return 0x9e3779b97f4a7c15ull * (i + 3) ^ (u64(i) << 40); }

static void check(bool right, const char *what, int where) {
    if (right)
        return;
    std::printf("%s: wrong at %d\n", what, where);
    std::exit(1);
}

// What must be in container `i`: the element's bits, then its sign or zeros; zero after the last element.
template <class T> static u64 expected(int i, int n, int c, bool is_signed) {
    if (i >= n)
        return 0;
    const int w = T::width;
    u64 bits = w == 64 ? pattern(i) : pattern(i) & ((1ull << w) - 1);
    if (is_signed && (bits >> (w - 1)) & 1)
        bits |= ~0ull << (w - 1);
    return c == 64 ? bits : bits & ((1ull << c) - 1);
}

template <class T> static T make(int i) {
    T value;
    value.range(T::width - 1, 0) = ap_uint<64>(pattern(i)).range(T::width - 1, 0);
    return value;
}

template <int BITS, int C, int N, class T, class B>
static void check_beats(const char *what, std::vector<B> &beats, bool is_signed, bool last) {
    const int lanes = BITS / C, count = (N + lanes - 1) / lanes;
    check(int(beats.size()) == count, what, int(beats.size()));
    for (int b = 0; b < count; b++) {
        ap_uint<BITS> wanted = 0;
        for (int j = 0; j < lanes; j++)
            wanted.range(j * C + C - 1, j * C) =
                ap_uint<64>(expected<T>(b * lanes + j, N, C, is_signed)).range(C - 1, 0);
        check(beats[b].data == wanted, what, b);
        check(beats[b].last == (b == count - 1 && last), what, b);
        check(~beats[b].keep == 0 && ~beats[b].strb == 0, what, b);
    }
}

template <class B> static std::vector<B> drain(hls::stream<B> &from, hls::stream<B> &to) {
    std::vector<B> beats;
    while (!from.empty()) {
        beats.push_back(from.read());
        to.write(beats.back());
    }
    return beats;
}

template <int BITS, int C, int N, class T, unsigned S> static void stream(const char *what, bool is_signed) {
    typedef word<T, S> A;
    typedef ap_axiu<BITS, 0, 0, 0> B;
    hls::stream<A> x("x"), y("y");
    hls::stream<B> out("out"), in("in");
    hls::stream<ap_uint<1> > last("last");
    for (int end = 0; end < 2; end++) {
        for (int w = 0; w < N / int(S); w++) {
            A made;
            for (unsigned i = 0; i < S; i++)
                made[i] = make<T>(w * S + i);
            y.write(made);
        }
        last.write(end);
        soc::tensor_to_beats<BITS, C, N, true>(y, last, out);
        std::vector<B> beats = drain(out, in);
        check_beats<BITS, C, N, T>(what, beats, is_signed, end);
        ap_uint<1> got = !end;
        soc::beats_to_tensor<BITS, C, N>(in, x, got);
        check(got == end, what, -1);
        for (int w = 0; w < N / int(S); w++) {
            A back = x.read();
            for (unsigned i = 0; i < S; i++)
                check(back[i] == make<T>(w * S + i), what, w);
        }
        check(x.empty() && y.empty() && in.empty() && last.empty(), what, -2);
    }
}

template <int BITS, int C, int N, class T> static void array(const char *what, bool is_signed) {
    typedef ap_axiu<BITS, 0, 0, 0> B;
    hls::stream<B> out("out"), in("in");
    hls::stream<ap_uint<1> > last("last");
    T y[N], x[N];
    for (int i = 0; i < N; i++)
        y[i] = make<T>(i);
    for (int end = 0; end < 2; end++) {
        last.write(end);
        soc::tensor_to_beats<BITS, C, N, false>(y, last, out); // not the last tensor: the flag stays
        check(last.size() == 1, what, -3);
        std::vector<B> beats = drain(out, in);
        check_beats<BITS, C, N, T>(what, beats, is_signed, false);
        ap_uint<1> got = 1;
        soc::beats_to_tensor<BITS, C, N>(in, x, got);
        check(got == 0, what, -1);
        soc::tensor_to_beats<BITS, C, N, true>(x, last, out);
        beats = drain(out, in);
        check_beats<BITS, C, N, T>(what, beats, is_signed, end);
        soc::beats_to_tensor<BITS, C, N>(in, x, got);
        check(got == end && in.empty() && last.empty(), what, -2);
    }
}

// Words of memory: the same layout without TLAST.
static void memory() {
    hls::stream<ap_uint<128> > out("out");
    ap_fixed<12, 4> y[13], x[13];
    for (int i = 0; i < 13; i++)
        y[i] = make<ap_fixed<12, 4> >(i);
    soc::no_flag none;
    soc::tensor_to_beats<128, 16, 13, true>(y, none, out);
    check(out.size() == 2, "memory", int(out.size()));
    ap_uint<1> end = 0;
    soc::beats_to_tensor<128, 16, 13>(out, x, end);
    for (int i = 0; i < 13; i++)
        check(x[i] == y[i], "memory", i);
    check(out.empty() && end == 0, "memory", -1);
}

#define STREAM(BITS, C, N, S, SIGNED, ...) stream<BITS, C, N, __VA_ARGS__, S>(#BITS " " #C " " #N " " #S " " #__VA_ARGS__, SIGNED)
#define ARRAY(BITS, C, N, SIGNED, ...) array<BITS, C, N, __VA_ARGS__>(#BITS " " #C " " #N " " #__VA_ARGS__, SIGNED)

int main() {
    // whole beats: a multiple, or a single word of any size; more than 1024 bits of it
    STREAM(64, 16, 64, 64, true, ap_fixed<16, 6>);
    STREAM(64, 64, 10, 10, true, ap_fixed<38, 18>);
    STREAM(64, 64, 32, 2, false, ap_ufixed<14, 8>);
    STREAM(64, 16, 13, 13, true, ap_fixed<11, 3, AP_RND, AP_SAT>);
    STREAM(512, 16, 49, 49, true, ap_int<16>);
    STREAM(64, 16, 784, 784, true, ap_fixed<16, 6>);
    // whole words: a divisor, with a full and with a partly filled last beat
    STREAM(64, 16, 12, 2, true, ap_fixed<9, 2>);
    STREAM(64, 16, 14, 2, true, ap_fixed<16, 6>);
    STREAM(64, 16, 13, 1, true, ap_fixed<16, 6>);
    STREAM(256, 8, 24, 8, false, ap_uint<8>);
    STREAM(8, 8, 3, 1, false, ap_uint<3>);
    // regrouped: smaller and larger than a beat, with and without a step more at the end
    STREAM(64, 16, 192, 3, true, ap_fixed<16, 6>);
    STREAM(64, 16, 75, 3, true, ap_fixed<16, 6>);
    STREAM(64, 16, 6, 3, true, ap_fixed<16, 6>);
    STREAM(128, 16, 15, 5, true, ap_fixed<12, 6>);
    STREAM(128, 16, 25, 5, true, ap_fixed<12, 6>);
    STREAM(64, 8, 30, 5, false, ap_ufixed<7, 3>);
    STREAM(64, 16, 98, 7, true, ap_int<16>);
    STREAM(64, 16, 30, 6, true, ap_int<13>);
    STREAM(128, 64, 192, 3, true, ap_fixed<38, 18>);
    // dense: the container is the element; bits above the last lane stay zero
    STREAM(64, 11, 33, 3, true, ap_int<11>);
    STREAM(64, 11, 66, 11, true, ap_int<11>);
    STREAM(64, 7, 63, 7, false, ap_ufixed<7, 3>);
    STREAM(64, 1, 130, 65, false, ap_uint<1>);
    STREAM(64, 38, 9, 3, true, ap_fixed<38, 18>);
    ARRAY(64, 16, 64, true, ap_fixed<16, 6>);
    ARRAY(64, 64, 10, true, ap_fixed<38, 18>);
    ARRAY(64, 64, 3, true, ap_fixed<64, 20>);
    ARRAY(64, 16, 9, false, ap_uint<9>);
    ARRAY(8, 8, 5, true, ap_int<8>);
    ARRAY(1024, 32, 65, true, ap_fixed<18, 8>);
    ARRAY(64, 13, 11, true, ap_fixed<13, 6>);
    ARRAY(32, 1, 40, false, ap_uint<1>);
    ARRAY(64, 33, 3, false, ap_ufixed<33, 10>);
    memory();
    return 0;
}
