// A stand-in for what the host uses of XRT's native C++ API, where XRT is not installed. It speaks to the same device
// process as XRT's software emulation, in the same messages, and counts the calls of the API.
#ifndef STANDIN_XRT_DEVICE_H
#define STANDIN_XRT_DEVICE_H

#include "card.h"

namespace xrt {

class uuid {};

class device {
  public:
    device() = default;
    explicit device(unsigned index) : card(std::make_shared<standin::Card>()) {
        standin::counted("device");
        if (index != 0)
            throw std::runtime_error("Could not open device with index '" + std::to_string(index) + "'");
    }
    uuid load_xclbin(const std::string &path) {
        standin::counted("load_xclbin");
        card->load(path);
        return {};
    }

    std::shared_ptr<standin::Card> card;
};

} // namespace xrt

#endif
