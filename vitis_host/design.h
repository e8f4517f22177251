// What accelerator.json tells: tensors, their bytes in a sample, kernel and compute units, UUID.
#ifndef HLS4ML_SOC_DESIGN_H
#define HLS4ML_SOC_DESIGN_H

#include <cstddef>
#include <string>
#include <vector>

extern "C" {
#include "codec/accelerator_api.h"
}

namespace hls4ml_soc {

struct Tensor {
    std::string name, type;
    std::vector<std::size_t> shape;
    accelerator_tensor layout; // for codec.c; its names are not used

    std::size_t elements() const { return layout.elements; }
    // Results are float32 where that holds every word, else float64.
    bool is_narrow() const { return layout.format.width <= 24; }
};

struct Design {
    std::string name, kernel, uuid;
    std::vector<std::string> compute_units;
    std::vector<Tensor> inputs, outputs;
    std::size_t bytes_in = 0, bytes_out = 0; // of a sample
    unsigned word_bytes_in = 0, word_bytes_out = 0;

    // Raises UserError naming the file for what it lacks.
    static Design read(const std::string &path);
};

// The UUID in the header of an .xclbin. Raises UserError for what is none.
std::string xclbin_uuid(const std::string &path);

} // namespace hls4ml_soc

#endif
