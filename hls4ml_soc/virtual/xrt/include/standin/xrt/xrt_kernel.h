#ifndef STANDIN_XRT_KERNEL_H
#define STANDIN_XRT_KERNEL_H

#include "xrt_bo.h"

#include <chrono>
#include <thread>

// States of a command, numbered as in ert.h.
enum ert_cmd_state {
    ERT_CMD_STATE_NEW = 1,
    ERT_CMD_STATE_QUEUED = 2,
    ERT_CMD_STATE_RUNNING = 3,
    ERT_CMD_STATE_COMPLETED = 4,
    ERT_CMD_STATE_ERROR = 5,
    ERT_CMD_STATE_ABORT = 6,
    ERT_CMD_STATE_SUBMITTED = 7,
    ERT_CMD_STATE_TIMEOUT = 8,
    ERT_CMD_STATE_SKERROR = 10,
    ERT_CMD_STATE_SKCRASHED = 11,
};

namespace xrt {

class kernel {
  public:
    kernel() = default;
    kernel(const device &device, const uuid &, const std::string &name) : card(device.card) {
        standin::counted("kernel");
        unit = card->unit(name);
    }
    int group_id(int argument) const {
        standin::counted("group_id");
        return card->bank(*unit, argument);
    }

    std::shared_ptr<standin::Card> card;
    std::shared_ptr<standin::Unit> unit;
};

class run {
  public:
    run() = default;
    explicit run(const kernel &kernel) : card(kernel.card), unit(kernel.unit), job(std::make_shared<standin::Job>()) {
        standin::counted("run");
    }
    void set_arg(int argument, const bo &bo) {
        standin::counted("set_arg");
        buffers[argument] = bo;
        job->values[argument] = bo.address();
    }
    void set_arg(int argument, std::uint32_t value) {
        standin::counted("set_arg");
        job->values[argument] = value;
    }
    void start() {
        standin::counted("start");
        job->done = false;
        unit->jobs.push_back(job);
        card->advance(*unit);
    }
    ert_cmd_state state() const {
        standin::counted("state");
        card->advance(*unit);
        return job->done ? ERT_CMD_STATE_COMPLETED : ERT_CMD_STATE_RUNNING;
    }
    ert_cmd_state wait(const std::chrono::milliseconds &timeout) {
        standin::counted("wait");
        const auto until = std::chrono::steady_clock::now() + timeout;
        while (!job->done) {
            if (std::chrono::steady_clock::now() > until)
                return ERT_CMD_STATE_TIMEOUT;
            std::this_thread::sleep_for(std::chrono::microseconds(20));
            card->advance(*unit);
        }
        return ERT_CMD_STATE_COMPLETED;
    }

  private:
    std::shared_ptr<standin::Card> card;
    std::shared_ptr<standin::Unit> unit;
    std::shared_ptr<standin::Job> job;
    std::map<int, bo> buffers;
};

} // namespace xrt

#endif
