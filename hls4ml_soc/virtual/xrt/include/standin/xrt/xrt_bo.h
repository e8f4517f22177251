#ifndef STANDIN_XRT_BO_H
#define STANDIN_XRT_BO_H

#include "xrt_device.h"

enum xclBOSyncDirection { XCL_BO_SYNC_BO_TO_DEVICE, XCL_BO_SYNC_BO_FROM_DEVICE };

namespace xrt {

class bo {
  public:
    bo() = default;
    bo(const device &device, std::size_t size, std::uint32_t group)
        : memory(std::make_shared<standin::Buffer>(device.card, size, group)) {
        standin::counted("bo");
    }
    template <class Pointer> Pointer map() {
        standin::counted("map");
        return reinterpret_cast<Pointer>(memory->bytes.data());
    }
    void sync(xclBOSyncDirection direction, std::size_t size, std::size_t offset) {
        standin::counted("sync");
        if (offset > memory->bytes.size() || size > memory->bytes.size() - offset)
            throw std::runtime_error("bo.sync: beyond the buffer");
        if (direction == XCL_BO_SYNC_BO_TO_DEVICE)
            memory->card->to_card(memory->address + offset, memory->bytes.data() + offset, size);
        else
            memory->card->from_card(memory->address + offset, memory->bytes.data() + offset, size);
    }
    std::uint64_t address() const { return memory->address; }

    std::shared_ptr<standin::Buffer> memory;
};

} // namespace xrt

#endif
