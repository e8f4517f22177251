// The least that a program can do for batches on one compute unit: what test_calls.py counts the library against.
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

#include <xrt/xrt_bo.h>
#include <xrt/xrt_device.h>
#include <xrt/xrt_kernel.h>

// xclbin, kernel:{unit}, bytes of a sample in and out, samples of a batch, batches
int main(int, char **words) {
    const std::size_t in = std::stoul(words[3]), out = std::stoul(words[4]), batch = std::stoul(words[5]);
    xrt::device device(0);
    const auto uuid = device.load_xclbin(words[1]);
    xrt::kernel kernel(device, uuid, words[2]);
    xrt::bo given(device, batch * in, kernel.group_id(0)), found(device, batch * out, kernel.group_id(1));
    auto *bytes = given.map<char *>();
    const auto *results = found.map<const char *>();
    xrt::run run(kernel);
    run.set_arg(0, given);
    run.set_arg(1, found);
    run.set_arg(2, static_cast<std::uint32_t>(batch));
    for (int n = 0; n < std::atoi(words[6]); n++) {
        std::memset(bytes, n, batch * in);
        given.sync(XCL_BO_SYNC_BO_TO_DEVICE, batch * in, 0);
        run.start();
        if (run.wait(std::chrono::milliseconds(10000)) != ERT_CMD_STATE_COMPLETED)
            return 1;
        found.sync(XCL_BO_SYNC_BO_FROM_DEVICE, batch * out, 0);
        if (results[0] != static_cast<char>(n))
            return 2;
    }
}
