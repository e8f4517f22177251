// Arrays in .npy files of numpy, versions 1 to 3 of the format.
#ifndef HLS4ML_SOC_NPY_H
#define HLS4ML_SOC_NPY_H

#include <cstddef>
#include <string>
#include <vector>

namespace hls4ml_soc {

struct Array {
    std::vector<std::size_t> shape;
    std::vector<double> values; // exact for every type that is read
};

// Read floats of 32 and 64 bits and integers of up to 32. Raises UserError for all else.
Array read_npy(const std::string &path);

// Write float32 or float64. Raises UserError where that fails.
void write_npy(const std::string &path, const Array &array, bool narrow);

} // namespace hls4ml_soc

#endif
