// Moves tensors between AXI4-Stream beats (or words of memory) and what an hls4ml core takes and gives.
//
//     soc::beats_to_tensor<BITS, C, N>(s_axis, x, end);            x: T x[N]  or  hls::stream<nnet::array<T, S> > &x
//     soc::tensor_to_beats<BITS, C, N, LAST>(y, last, m_axis);     y: likewise
//
//   x, y   arrays of exactly N elements. Where a function passes on an array that it was given, its own parameter must be
//          SOC_ARRAY(T, x, N): outside of synthesis a plain T x[N] has forgotten its size and is refused
//   BITS   bits of a beat; it holds LANES = BITS / C whole elements, element 0 in the least significant bits
//   C      bits of the container of one element, at most 64: the element's own width (dense packing) or more
//   N      elements of the tensor; as a stream they come as N / S words of S elements
//   LAST   true for the last output tensor of a sample only: its last beat carries TLAST
//   end    ap_uint<1>: afterwards the TLAST of the last beat that was read
//   last   hls::stream<ap_uint<1> >: the TLAST of the sample, read when its last beat is made; soc::no_flag for memory
//   beats  ap_axiu<BITS, ...> on AXI4-Stream; ap_uint<BITS> for words of memory
//
// A tensor starts on a new beat and the rest of its last beat is zero; outputs are extended by their sign to the
// container. Interval 1 per beat or word, whichever are more.
//
// C++11 as far as clang 3.1 (Vivado HLS 2019.2) has it. Shift registers, not variable indices: those would become
// multiplexers as wide as the tensor. user, id and dest are not touched: at width 0 they are an unassignable type from
// Vitis HLS 2021.2 on and do not exist in Vivado HLS.
#ifndef SOC_STREAM_H
#define SOC_STREAM_H

#include "soc_beats.h"

namespace soc {

// ---- io_parallel: whole arrays ----

template <int BITS, int C, int N, class T, class B>
void beats_to_tensor(hls::stream<B> &in, SOC_ARRAY(T, x, N), ap_uint<1> &end) {
#pragma HLS INLINE
    typedef layout<BITS, C, N, T> L;
    const int SIZE = L::BEATS * L::LANES;
    ap_uint<C> held[SIZE];
#pragma HLS ARRAY_PARTITION variable=held complete dim=0
    clear<C, SIZE>(held);
beats:
    for (int b = 0; b < L::BEATS; b++) {
#pragma HLS PIPELINE II=1
        B beat = in.read();
        drop<C, L::LANES, SIZE>(held);
        put_lanes<C, L::LANES, SIZE>(held, SIZE - L::LANES, get_data<BITS>(beat, end));
    }
give:
    for (int i = 0; i < N; i++) {
#pragma HLS UNROLL
        x[i] = from_container<T, C>(held[i]);
    }
}

template <int BITS, int C, int N, bool LAST, class T, class F, class B>
void tensor_to_beats(SOC_ARRAY(T, y, N), F &last, hls::stream<B> &out) {
#pragma HLS INLINE
    typedef layout<BITS, C, N, T> L;
    const int SIZE = L::BEATS * L::LANES;
    ap_uint<C> held[SIZE];
#pragma HLS ARRAY_PARTITION variable=held complete dim=0
    clear<C, SIZE>(held);
take:
    for (int i = 0; i < N; i++) {
#pragma HLS UNROLL
        held[i] = to_container<C>(y[i]);
    }
beats:
    for (int b = 0; b < L::BEATS; b++) {
#pragma HLS PIPELINE II=1
        write_beat<BITS>(out, get_lanes<C, L::LANES>(held), LAST && b == L::BEATS - 1, last);
        drop<C, L::LANES, SIZE>(held);
    }
}

// ---- io_stream: words of A::size elements, in three shapes ----

enum stream_shape {
    WHOLE_BEATS, // a word is a whole number of beats, or the tensor is a single word
    WHOLE_WORDS, // a beat is a whole number of words
    REGROUPED    // neither: words run across the borders of beats
};

template <int BITS, int C, int N, class A> struct stream_layout : layout<BITS, C, N, typename A::value_type> {
    static const int LANES = BITS / C;
    static const int BEATS = (N + LANES - 1) / LANES;
    static const int SIZE = A::size;
    static const int WORDS = N / SIZE;
    static const stream_shape SHAPE = (SIZE % LANES == 0 || WORDS == 1) ? WHOLE_BEATS
                                      : LANES % SIZE == 0               ? WHOLE_WORDS
                                                                        : REGROUPED;
    static_assert(N % SIZE == 0, "soc_stream.h: the tensor is not a whole number of stream words");
};

template <int BITS, int C, int N, class A, stream_shape SHAPE> struct stream_mover;

template <int BITS, int C, int N, class A> struct stream_mover<BITS, C, N, A, WHOLE_BEATS> {
    typedef stream_layout<BITS, C, N, A> L;
    static const int PER_WORD = (L::SIZE + L::LANES - 1) / L::LANES;
    static const int HELD = PER_WORD * L::LANES;

    template <class B> static void read(hls::stream<B> &in, hls::stream<A> &x, ap_uint<1> &end) {
#pragma HLS INLINE
        ap_uint<C> held[HELD];
#pragma HLS ARRAY_PARTITION variable=held complete dim=0
        clear<C, HELD>(held);
        int beats = 0; // of the present word
    beats:
        for (int b = 0; b < L::BEATS; b++) {
#pragma HLS PIPELINE II=1
            B beat = in.read();
            drop<C, L::LANES, HELD>(held);
            put_lanes<C, L::LANES, HELD>(held, HELD - L::LANES, get_data<BITS>(beat, end));
            beats++;
            if (beats == PER_WORD) {
                beats = 0;
                write_word<A, C>(x, held);
            }
        }
    }

    template <bool LAST, class F, class B> static void write(hls::stream<A> &y, F &last, hls::stream<B> &out) {
#pragma HLS INLINE
        ap_uint<C> held[HELD];
#pragma HLS ARRAY_PARTITION variable=held complete dim=0
        clear<C, HELD>(held);
        int beats = 0;
    beats:
        for (int b = 0; b < L::BEATS; b++) {
#pragma HLS PIPELINE II=1
            if (beats == 0)
                put_word<C, HELD>(held, 0, y.read());
            write_beat<BITS>(out, get_lanes<C, L::LANES>(held), LAST && b == L::BEATS - 1, last);
            drop<C, L::LANES, HELD>(held);
            beats = (beats == PER_WORD - 1) ? 0 : beats + 1;
        }
    }
};

template <int BITS, int C, int N, class A> struct stream_mover<BITS, C, N, A, WHOLE_WORDS> {
    typedef stream_layout<BITS, C, N, A> L;
    static const int PER_BEAT = L::LANES / L::SIZE;

    template <class B> static void read(hls::stream<B> &in, hls::stream<A> &x, ap_uint<1> &end) {
#pragma HLS INLINE
        ap_uint<C> held[L::LANES];
#pragma HLS ARRAY_PARTITION variable=held complete dim=0
        clear<C, L::LANES>(held);
        int words = 0; // taken out of the present beat
    words:
        for (int w = 0; w < L::WORDS; w++) {
#pragma HLS PIPELINE II=1
            if (words == 0) {
                B beat = in.read();
                put_lanes<C, L::LANES, L::LANES>(held, 0, get_data<BITS>(beat, end));
            }
            write_word<A, C>(x, held);
            drop<C, L::SIZE, L::LANES>(held);
            words = (words == PER_BEAT - 1) ? 0 : words + 1;
        }
    }

    template <bool LAST, class F, class B> static void write(hls::stream<A> &y, F &last, hls::stream<B> &out) {
#pragma HLS INLINE
        ap_uint<C> held[L::LANES];
#pragma HLS ARRAY_PARTITION variable=held complete dim=0
        clear<C, L::LANES>(held);
        int words = 0; // put into the present beat
    words:
        for (int w = 0; w < L::WORDS; w++) {
#pragma HLS PIPELINE II=1
            put_word<C, L::LANES>(held, words * L::SIZE, y.read());
            words++;
            if (words == PER_BEAT || w == L::WORDS - 1) {
                write_beat<BITS>(out, get_lanes<C, L::LANES>(held), LAST && w == L::WORDS - 1, last);
                clear<C, L::LANES>(held);
                words = 0;
            }
        }
    }
};

template <int BITS, int C, int N, class A> struct stream_mover<BITS, C, N, A, REGROUPED> {
    typedef stream_layout<BITS, C, N, A> L;
    static const int HELD = L::SIZE + L::LANES;
    // Either every step moves a word or every step moves a beat. Going out, the rest of the last word may need one more
    // step: when that word fills a beat and is not used up by it.
    static const int STEPS_IN = L::LANES > L::SIZE ? L::WORDS : L::BEATS;
    static const bool OVERHANG = L::LANES > L::SIZE && N % L::LANES != 0 && (N - L::SIZE) / L::LANES != N / L::LANES;
    static const int STEPS_OUT = STEPS_IN + (OVERHANG ? 1 : 0);

    template <class B> static void read(hls::stream<B> &in, hls::stream<A> &x, ap_uint<1> &end) {
#pragma HLS INLINE
        ap_uint<C> held[HELD];
#pragma HLS ARRAY_PARTITION variable=held complete dim=0
        clear<C, HELD>(held);
        int have = 0; // elements held
    steps:
        for (int s = 0; s < STEPS_IN; s++) {
#pragma HLS PIPELINE II=1
            if (have < L::SIZE) {
                B beat = in.read();
                put_lanes<C, L::LANES, HELD>(held, have, get_data<BITS>(beat, end));
                have += L::LANES;
            }
            if (have >= L::SIZE) {
                write_word<A, C>(x, held);
                drop<C, L::SIZE, HELD>(held);
                have -= L::SIZE;
            }
        }
    }

    template <bool LAST, class F, class B> static void write(hls::stream<A> &y, F &last, hls::stream<B> &out) {
#pragma HLS INLINE
        ap_uint<C> held[HELD];
#pragma HLS ARRAY_PARTITION variable=held complete dim=0
        clear<C, HELD>(held);
        int have = 0, words = 0, beats = 0;
    steps:
        for (int s = 0; s < STEPS_OUT; s++) {
#pragma HLS PIPELINE II=1
            if (have < L::LANES && words < L::WORDS) {
                put_word<C, HELD>(held, have, y.read());
                have += L::SIZE;
                words++;
            }
            if (have >= L::LANES || words == L::WORDS) {
                beats++;
                write_beat<BITS>(out, get_lanes<C, L::LANES>(held), LAST && beats == L::BEATS, last);
                drop<C, L::LANES, HELD>(held);
                have -= L::LANES;
            }
        }
    }
};

template <int BITS, int C, int N, class A, class B>
void beats_to_tensor(hls::stream<B> &in, hls::stream<A> &x, ap_uint<1> &end) {
#pragma HLS INLINE
    stream_mover<BITS, C, N, A, stream_layout<BITS, C, N, A>::SHAPE>::read(in, x, end);
}

template <int BITS, int C, int N, bool LAST, class A, class F, class B>
void tensor_to_beats(hls::stream<A> &y, F &last, hls::stream<B> &out) {
#pragma HLS INLINE
    stream_mover<BITS, C, N, A, stream_layout<BITS, C, N, A>::SHAPE>::template write<LAST>(y, last, out);
}

} // namespace soc

#endif
