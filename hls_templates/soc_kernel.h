// Moves words between memory and the streams of a Vitis kernel; soc_stream.h does the rest.
//
//     soc::read_words<WORDS>(in, samples, stream);       WORDS: of one sample
//     soc::write_words<WORDS>(stream, samples, out);
//
// One loop over all words of a batch, which HLS turns into long bursts (UG1399): samples lie one after the other.
#ifndef SOC_KERNEL_H
#define SOC_KERNEL_H

#include "soc_stream.h"

namespace soc {

template <int WORDS, class W> void read_words(const W *in, unsigned samples, hls::stream<W> &words) {
#ifndef __SYNTHESIS__
    static_assert(sizeof(W) * 8 == element<W>::width, "soc_kernel.h: a word has gaps in memory");
#endif
read:
    for (unsigned i = 0; i < samples * WORDS; i++) {
#pragma HLS PIPELINE II = 1
        words.write(in[i]);
    }
}

template <int WORDS, class W> void write_words(hls::stream<W> &words, unsigned samples, W *out) {
write:
    for (unsigned i = 0; i < samples * WORDS; i++) {
#pragma HLS PIPELINE II = 1
        out[i] = words.read();
    }
}

} // namespace soc

#endif
