// An array of {data, last} as Vivado HLS makes an AXI4-Stream port of it: TDATA in whole bytes, and TLAST.
#ifndef AXIS_ARRAY_H
#define AXIS_ARRAY_H

#include <cstring>

#include "ap_axi_sdata.h"
#include "ap_int.h"
#include "hls_stream.h"

namespace axis_array {

template <class T> struct bits {
    static const int width = T::width;
    static ap_uint<width> get(const T &value) { return value.range(width - 1, 0); }
    static void set(T &value, const ap_uint<width> &raw) { value.range(width - 1, 0) = raw; }
};

template <class T, class Raw> struct ieee {
    static const int width = 8 * sizeof(T);
    static ap_uint<width> get(const T &value) {
        Raw raw;
        std::memcpy(&raw, &value, sizeof raw);
        return raw;
    }
    static void set(T &value, const ap_uint<width> &bits) {
        const Raw raw = bits.to_uint64();
        std::memcpy(&value, &raw, sizeof raw);
    }
};
template <> struct bits<float> : ieee<float, unsigned> {};
template <> struct bits<double> : ieee<double, unsigned long long> {};

template <class T> struct beat { typedef ap_axiu<(bits<T>::width + 7) / 8 * 8, 0, 0, 0> type; };

template <class T, class Beat, class Element> void receive(hls::stream<Beat> &stream, Element *array, unsigned size) {
    for (unsigned i = 0; i < size; i++) {
        const Beat beat = stream.read();
        T value;
        bits<T>::set(value, beat.data);
        array[i].data = value;
        array[i].last = beat.last;
    }
}

template <class T, class Beat, class Element> void send(const Element *array, unsigned size, hls::stream<Beat> &stream) {
    for (unsigned i = 0; i < size; i++) {
        Beat beat;
        beat.data = bits<T>::get(array[i].data);
        beat.keep = -1;
        beat.strb = -1;
        beat.last = array[i].last;
        stream.write(beat);
    }
}

} // namespace axis_array

#endif
