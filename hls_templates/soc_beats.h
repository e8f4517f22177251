// Elements, containers, beats and shift registers: what soc_stream.h is made of.
#ifndef SOC_BEATS_H
#define SOC_BEATS_H

#include "ap_axi_sdata.h"
#include "ap_fixed.h"
#include "ap_int.h"
#include "hls_stream.h"

// Vivado HLS makes one FIFO word of a struct only when told to. Vitis HLS always does, and warns of DATA_PACK.
#ifdef __VITIS_HLS__
#define SOC_ONE_WORD(name)
#else
#define SOC_PRAGMA(text) _Pragma(#text)
#define SOC_ONE_WORD(name) SOC_PRAGMA(HLS DATA_PACK variable = name)
#endif

// An array as a parameter. HLS gets it the way that C++ has it, without its size; where nothing is synthesised the size
// must be that of the caller's array.
#ifdef __SYNTHESIS__
#define SOC_ARRAY(type, name, size) type name[size]
#else
#define SOC_ARRAY(type, name, size) type(&name)[size]
#endif

namespace soc {

// ---- elements and containers ----

template <class T> struct element;
template <int W> struct element<ap_int<W> > {
    static const int width = W;
    static const bool is_signed = true;
};
template <int W> struct element<ap_uint<W> > {
    static const int width = W;
    static const bool is_signed = false;
};
template <int W, int I, ap_q_mode Q, ap_o_mode O, int N> struct element<ap_fixed<W, I, Q, O, N> > {
    static const int width = W;
    static const bool is_signed = true;
};
template <int W, int I, ap_q_mode Q, ap_o_mode O, int N> struct element<ap_ufixed<W, I, Q, O, N> > {
    static const int width = W;
    static const bool is_signed = false;
};

template <class T, int C> T from_container(const ap_uint<C> &container) {
#pragma HLS INLINE
    T value;
    value.range(element<T>::width - 1, 0) = container.range(element<T>::width - 1, 0);
    return value;
}

template <int C, class T> ap_uint<C> to_container(const T &value) {
#pragma HLS INLINE
    const int WIDTH = element<T>::width;
    ap_uint<WIDTH> bits = value.range(WIDTH - 1, 0);
    ap_uint<C> container = bits;
    if (element<T>::is_signed) {
        ap_int<WIDTH> number = bits;
        ap_int<C> extended = number;
        container = extended;
    }
    return container;
}

// ---- beats ----

template <int BITS, int C, int N, class T> struct layout {
    static const int LANES = BITS / C;
    static const int BEATS = (N + LANES - 1) / LANES;
    static_assert(C >= 1 && C <= 64, "soc_stream.h: a container has 1 to 64 bits");
    static_assert(C <= BITS, "soc_stream.h: a container must fit into a beat");
    static_assert(element<T>::width <= C, "soc_stream.h: the element is wider than its container");
    static_assert(N >= 1, "soc_stream.h: a tensor has at least one element");
};

template <int BITS, class B> ap_uint<BITS> get_data(const B &beat, ap_uint<1> &last) {
#pragma HLS INLINE
    static_assert(element<decltype(B::data)>::width == BITS, "soc_stream.h: BITS is not the width of a beat");
    last = beat.last;
    return beat.data;
}

template <int BITS> ap_uint<BITS> get_data(const ap_uint<BITS> &word, ap_uint<1> &) {
#pragma HLS INLINE
    return word;
}

template <int BITS, class B> void set_data(B &beat, const ap_uint<BITS> &data, ap_uint<1> last) {
#pragma HLS INLINE
    static_assert(element<decltype(B::data)>::width == BITS, "soc_stream.h: BITS is not the width of a beat");
    beat.data = data;
    beat.keep = -1; // the S2MM side of AXI DMA counts bytes by TKEEP (PG021)
    beat.strb = -1;
    beat.last = last;
}

template <int BITS> void set_data(ap_uint<BITS> &word, const ap_uint<BITS> &data, ap_uint<1>) {
#pragma HLS INLINE
    word = data;
}

// In the place of the stream of TLAST flags where beats are words of memory.
struct no_flag {
    ap_uint<1> read() { return 0; }
};

template <int BITS, class F, class B>
void write_beat(hls::stream<B> &out, const ap_uint<BITS> &data, bool ends_sample, F &last) {
#pragma HLS INLINE
    ap_uint<1> end = 0;
    if (ends_sample)
        end = last.read(); // no earlier: the flag is written after all of the sample has come in
    B beat;
    set_data<BITS>(beat, data, end);
    out.write(beat);
}

// ---- registers of SIZE containers, the next to leave at index 0; arrays, since ap_uint may end at 1024 bits ----

template <int C, int SIZE> void clear(ap_uint<C> held[SIZE]) {
#pragma HLS INLINE
registers:
    for (int i = 0; i < SIZE; i++) {
#pragma HLS UNROLL
        held[i] = 0;
    }
}

// The lowest COUNT containers go, everything else moves down, zeros enter at the top.
template <int C, int COUNT, int SIZE> void drop(ap_uint<C> held[SIZE]) {
#pragma HLS INLINE
registers:
    for (int i = 0; i < SIZE; i++) {
#pragma HLS UNROLL
        held[i] = (i + COUNT < SIZE) ? held[i + COUNT < SIZE ? i + COUNT : 0] : ap_uint<C>(0);
    }
}

// The lanes of a beat enter at index `at`.
template <int C, int LANES, int SIZE> void put_lanes(ap_uint<C> held[SIZE], int at, const ap_uint<LANES * C> &lanes) {
#pragma HLS INLINE
registers:
    for (int i = 0; i < SIZE; i++) {
#pragma HLS UNROLL
        if (i >= at && i < at + LANES)
            held[i] = lanes.range((i - at) * C + C - 1, (i - at) * C);
    }
}

template <int C, int LANES> ap_uint<LANES * C> get_lanes(const ap_uint<C> held[]) {
#pragma HLS INLINE
    ap_uint<LANES * C> lanes = 0;
registers:
    for (int i = 0; i < LANES; i++) {
#pragma HLS UNROLL
        lanes.range(i * C + C - 1, i * C) = held[i];
    }
    return lanes;
}

// The elements of a stream word enter at index `at`.
template <int C, int SIZE, class A> void put_word(ap_uint<C> held[SIZE], int at, const A &word) {
#pragma HLS INLINE
registers:
    for (int i = 0; i < SIZE; i++) {
#pragma HLS UNROLL
        if (i >= at && i < at + int(A::size))
            held[i] = to_container<C>(word[i - at]);
    }
}

template <class A, int C> void write_word(hls::stream<A> &x, const ap_uint<C> held[]) {
#pragma HLS INLINE
    A word;
    SOC_ONE_WORD(word)
registers:
    for (unsigned i = 0; i < A::size; i++) {
#pragma HLS UNROLL
        word[i] = from_container<typename A::value_type, C>(held[i]);
    }
    x.write(word);
}

} // namespace soc

#endif
