// The network on a card, for any C++ program:
//
//     hls4ml_soc::Accelerator network("accelerator.json", "digits.xclbin");
//     network.predict({images}, {results}, 1000);
//
// The .xclbin is loaded once. Samples go in batches to all compute units, each with two pairs of buffers: while a unit
// computes, the next batch is encoded and sent, and the last one is fetched and decoded. One thread at a time.
#ifndef HLS4ML_SOC_ACCELERATOR_H
#define HLS4ML_SOC_ACCELERATOR_H

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "design.h"
#include "error.h"

namespace hls4ml_soc {

struct Settings {
    unsigned device = 0;
    std::size_t batch = 256;                   // samples of one start of a compute unit, at most
    std::chrono::milliseconds deadline{10000}; // of one batch
};

struct Counters {
    std::uint64_t starts = 0, bytes_to_card = 0, bytes_from_card = 0;
};

class Accelerator {
  public:
    // Check the UUID of the .xclbin against accelerator.json, load it, allocate all buffers. Raises UserError for files
    // that do not belong together and for a batch of 0, CardError with XRT's own message.
    Accelerator(const std::string &design, const std::string &xclbin, const Settings &settings = {});
    ~Accelerator();
    Accelerator(const Accelerator &) = delete;
    Accelerator &operator=(const Accelerator &) = delete;

    const Design &design() const;
    const Counters &counters() const;

    // Compute samples: one array per tensor, (samples, *shape) in C order. Numbers are converted by the formats' own
    // rounding and overflow. Raises UserError for what has no word, CardError where a batch fails or takes longer than
    // the deadline; after that the accelerator is of no use any more.
    void predict(const std::vector<const float *> &in, const std::vector<float *> &out, std::size_t samples);
    void predict(const std::vector<const double *> &in, const std::vector<double *> &out, std::size_t samples);

    // The same on words as the kernel has them: samples of design().bytes_in and bytes_out, one after the other.
    void predict_fixed(const void *in, void *out, std::size_t samples);

  private:
    class Card;
    std::unique_ptr<Card> card;
};

} // namespace hls4ml_soc

#endif
