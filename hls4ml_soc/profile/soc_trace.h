// Keeps what the layers of an hls4ml network give, sample after sample: C++11.
#ifndef SOC_TRACE_H_
#define SOC_TRACE_H_
#include <cmath>
#include <cstddef>
#include <vector>

#include "hls_stream.h"

namespace soc_trace {
static std::vector<double> values;
static std::vector<unsigned long> counts;

template <class T> void save(const T *data, size_t count) {
    for (size_t i = 0; i < count; i++)
        values.push_back(double(data[i]));
    counts.push_back(count);
}

template <class T, size_t N> void save(T (&data)[N]) { save(data, N); }

template <class T> void save(hls::stream<T> &data) {
    const size_t words = data.size();
    for (size_t i = 0; i < words; i++) {
        T word = data.read();
        for (size_t j = 0; j < T::size; j++)
            values.push_back(double(word[j]));
        data.write(word);
    }
    counts.push_back(words * T::size);
}

template <class D, class R> void exact_softmax(const D &data, R &result, size_t count) {
    double most = double(data[0]), sum = 0;
    for (size_t i = 1; i < count; i++)
        most = std::fmax(most, double(data[i]));
    for (size_t i = 0; i < count; i++)
        sum += std::exp(double(data[i]) - most);
    for (size_t i = 0; i < count; i++)
        result[i] = std::exp(double(data[i]) - most) / sum;
}

template <class D, class R, class C, size_t N> void softmax(D (&data)[N], R *result) {
    exact_softmax(data, result, N);
}

template <class D, class R, class C> void softmax(hls::stream<D> &data, hls::stream<R> &result) {
    const size_t words = data.size();
    for (size_t i = 0; i < words; i++) {
        D word = data.read();
        R given;
        exact_softmax(word, given, D::size);
        result.write(given);
    }
}
} // namespace soc_trace

extern "C" {
__attribute__((used)) void soc_trace_clear() {
    soc_trace::values.clear();
    soc_trace::counts.clear();
}
__attribute__((used)) unsigned long soc_trace_calls() { return soc_trace::counts.size(); }
__attribute__((used)) const unsigned long *soc_trace_counts() { return soc_trace::counts.data(); }
__attribute__((used)) const double *soc_trace_values() { return soc_trace::values.data(); }
}
#endif
