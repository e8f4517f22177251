// The two kinds of failure: what the caller can put right, and what the card or XRT reports.
#ifndef HLS4ML_SOC_ERROR_H
#define HLS4ML_SOC_ERROR_H

#include <stdexcept>

namespace hls4ml_soc {

class UserError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

class CardError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

} // namespace hls4ml_soc

#endif
