#include "soc_accelerator.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <limits>
#include <thread>

#include <xrt/xrt_bo.h>
#include <xrt/xrt_device.h>
#include <xrt/xrt_kernel.h>

namespace hls4ml_soc {
namespace {

constexpr int argument_in = 0, argument_out = 1, argument_batch = 2;

// Do something with XRT; a failure tells what it was, and XRT's own message.
template <class Action> auto with_xrt(const std::string &what, Action action) -> decltype(action()) {
    try {
        return action();
    } catch (const std::exception &error) {
        throw CardError(what + ": " + error.what());
    }
}

std::string state_name(ert_cmd_state state) {
    switch (state) {
    case ERT_CMD_STATE_ERROR: return "ERROR";
    case ERT_CMD_STATE_ABORT: return "ABORT";
    case ERT_CMD_STATE_SKERROR: return "SKERROR";
    case ERT_CMD_STATE_SKCRASHED: return "SKCRASHED";
    default: return "state " + std::to_string(static_cast<int>(state));
    }
}

bool is_under_way(ert_cmd_state state) {
    return state == ERT_CMD_STATE_NEW || state == ERT_CMD_STATE_QUEUED || state == ERT_CMD_STATE_SUBMITTED ||
           state == ERT_CMD_STATE_RUNNING;
}

// A pair of buffers of one compute unit, and the command that works on them.
struct Slot {
    std::string unit;
    xrt::bo in, out;
    xrt::run run;
    std::uint8_t *in_bytes = nullptr;
    const std::uint8_t *out_bytes = nullptr;
    std::size_t armed = 0; // samples that the command is set to
    std::size_t first = 0, count = 0;
    bool busy = false;
};

template <class Value> bool encode(const Tensor &tensor, const Value *values, void *sample);
template <> bool encode(const Tensor &tensor, const float *values, void *sample) {
    return accelerator_encode(&tensor.layout, values, sample);
}
template <> bool encode(const Tensor &tensor, const double *values, void *sample) {
    return accelerator_encode_double(&tensor.layout, values, sample);
}

template <class Value> void decode(const Tensor &tensor, const void *sample, Value *values);
template <> void decode(const Tensor &tensor, const void *sample, float *values) {
    if (!accelerator_decode(&tensor.layout, sample, values))
        throw UserError(tensor.name + ": float does not reach as far as " + tensor.type + ": use double");
}
template <> void decode(const Tensor &tensor, const void *sample, double *values) {
    accelerator_decode_double(&tensor.layout, sample, values);
}

} // namespace

class Accelerator::Card {
  public:
    using Fill = std::function<void(std::uint8_t *bytes, std::size_t first, std::size_t count)>;
    using Take = std::function<void(const std::uint8_t *bytes, std::size_t first, std::size_t count)>;

    const Design design;
    const Settings settings;
    Counters counters;

    Card(const std::string &path, const std::string &xclbin, const Settings &given)
        : design(Design::read(path)), settings(given) {
        if (settings.batch == 0)
            throw UserError("a batch of 0 samples: it must be 1 at least");
        if (settings.deadline.count() <= 0) // XRT would wait for ever
            throw UserError("a deadline of 0 s: it must be a millisecond at least");
        check_size();
        const std::string found = xclbin_uuid(xclbin);
        if (found != design.uuid)
            throw UserError(xclbin + " has the UUID " + found + ", " + path + " is for " + design.uuid +
                            ": they are not of one build");
        const std::string number = std::to_string(settings.device);
        device = with_xrt("card " + number + " cannot be opened", [&] { return xrt::device(settings.device); });
        const xrt::uuid uuid = with_xrt(xclbin + " cannot be loaded", [&] { return device.load_xclbin(xclbin); });
        for (const std::string &unit : design.compute_units)
            kernels.push_back(with_xrt("compute unit " + unit + " cannot be opened",
                                       [&] { return xrt::kernel(device, uuid, design.kernel + ":{" + unit + "}"); }));
        // Units in turn first, so that a few batches already use all of them.
        for (int pair = 0; pair < 2; pair++)
            for (std::size_t unit = 0; unit < kernels.size(); unit++)
                slots.push_back(with_xrt("buffers of " + design.compute_units[unit], [&] { return slot(unit); }));
    }

    ~Card() {
        // XRT waits for a command before it gives up its buffers, for ever where a kernel never finishes: then they
        // stay.
        if (stuck) {
            new std::vector<Slot>(std::move(slots));
            new std::vector<xrt::kernel>(std::move(kernels));
            new xrt::device(std::move(device));
        }
    }

    Card(const Card &) = delete;
    Card &operator=(const Card &) = delete;

    void predict(std::size_t samples, const Fill &fill, const Take &take) {
        if (stuck)
            throw CardError("an earlier batch failed: load the accelerator anew");
        try {
            std::size_t turn = 0;
            for (std::size_t first = 0; first < samples; first += settings.batch) {
                Slot &next = slots[turn++ % slots.size()];
                finish(next, take);
                fill(next.in_bytes, first, std::min(settings.batch, samples - first));
                start(next, first, std::min(settings.batch, samples - first));
            }
            for (std::size_t left = 0; left < slots.size(); left++)
                finish(slots[turn++ % slots.size()], take);
        } catch (const CardError &) {
            stuck = true;
            throw;
        } catch (...) {
            drain();
            throw;
        }
    }

  private:
    xrt::device device;
    std::vector<xrt::kernel> kernels;
    std::vector<Slot> slots;
    bool stuck = false;
    const bool emulated = std::getenv("XCL_EMULATION_MODE") != nullptr;

    void check_size() const {
        const std::size_t words =
            std::max(design.bytes_in / design.word_bytes_in, design.bytes_out / design.word_bytes_out);
        if (settings.batch > std::numeric_limits<std::uint32_t>::max() / words)
            throw UserError("a batch of " + std::to_string(settings.batch) + " samples: the kernel counts its " +
                            std::to_string(words) + " words each with 32 bits");
    }

    Slot slot(std::size_t unit) {
        Slot made;
        const xrt::kernel &kernel = kernels[unit];
        made.unit = design.compute_units[unit];
        made.in = xrt::bo(device, settings.batch * design.bytes_in, kernel.group_id(argument_in));
        made.out = xrt::bo(device, settings.batch * design.bytes_out, kernel.group_id(argument_out));
        made.in_bytes = made.in.map<std::uint8_t *>();
        made.out_bytes = made.out.map<const std::uint8_t *>();
        made.run = xrt::run(kernel);
        made.run.set_arg(argument_in, made.in);
        made.run.set_arg(argument_out, made.out);
        return made;
    }

    void start(Slot &slot, std::size_t first, std::size_t count) {
        with_xrt("batch of " + slot.unit, [&] {
            slot.in.sync(XCL_BO_SYNC_BO_TO_DEVICE, count * design.bytes_in, 0);
            if (slot.armed != count)
                slot.run.set_arg(argument_batch, static_cast<std::uint32_t>(count));
            slot.armed = count;
            slot.run.start();
        });
        slot.busy = true;
        slot.first = first;
        slot.count = count;
        counters.starts++;
        counters.bytes_to_card += count * design.bytes_in;
    }

    void finish(Slot &slot, const Take &take) {
        if (!slot.busy)
            return;
        wait(slot);
        slot.busy = false;
        with_xrt("results of " + slot.unit,
                 [&] { slot.out.sync(XCL_BO_SYNC_BO_FROM_DEVICE, slot.count * design.bytes_out, 0); });
        counters.bytes_from_card += slot.count * design.bytes_out;
        take(slot.out_bytes, slot.first, slot.count);
    }

    void wait(Slot &slot) {
        const ert_cmd_state state = with_xrt("batch of " + slot.unit, [&] {
            return emulated && !ends_in_time(slot.run) ? ERT_CMD_STATE_TIMEOUT : slot.run.wait(settings.deadline);
        });
        if (state == ERT_CMD_STATE_COMPLETED)
            return;
        const bool late = state == ERT_CMD_STATE_TIMEOUT || is_under_way(state);
        const std::string seconds = std::to_string(static_cast<double>(settings.deadline.count()) / 1000);
        throw CardError("compute unit " + slot.unit + (late ? " did not finish " : " ended with an error ") +
                        std::to_string(slot.count) + " samples" +
                        (late ? " within " + seconds.substr(0, seconds.size() - 3) + " s: reset the card (xbutil reset)"
                              : ": XRT says " + state_name(state)));
    }

    // The software emulation of XRT 2.13 does not honour the time that wait() is given.
    bool ends_in_time(const xrt::run &run) const {
        const auto until = std::chrono::steady_clock::now() + settings.deadline;
        while (is_under_way(run.state())) {
            if (std::chrono::steady_clock::now() > until)
                return false;
            std::this_thread::sleep_for(std::chrono::microseconds(20));
        }
        return true;
    }

    // After the caller's mistake nothing stays under way: its buffers may be gone when this returns.
    void drain() {
        for (Slot &slot : slots) {
            try {
                finish(slot, [](const std::uint8_t *, std::size_t, std::size_t) {});
            } catch (const CardError &) {
                stuck = true;
            }
        }
    }
};

Accelerator::Accelerator(const std::string &design, const std::string &xclbin, const Settings &settings)
    : card(std::make_unique<Card>(design, xclbin, settings)) {}
Accelerator::~Accelerator() = default;

const Design &Accelerator::design() const { return card->design; }
const Counters &Accelerator::counters() const { return card->counters; }

namespace {

template <class Value, class Card>
void predict_values(Card &card, const std::vector<const Value *> &in, const std::vector<Value *> &out,
                    std::size_t samples) {
    const Design &design = card.design;
    if (in.size() != design.inputs.size() || out.size() != design.outputs.size())
        throw UserError("arrays of " + std::to_string(in.size()) + " inputs and " + std::to_string(out.size()) +
                        " outputs were given; " + design.name + " has " + std::to_string(design.inputs.size()) +
                        " and " + std::to_string(design.outputs.size()));
    card.predict(
        samples,
        [&](std::uint8_t *bytes, std::size_t first, std::size_t count) {
            for (std::size_t n = 0; n < count; n++)
                for (std::size_t t = 0; t < in.size(); t++) {
                    const Tensor &tensor = design.inputs[t];
                    const Value *values = in[t] + (first + n) * tensor.elements();
                    if (!encode(tensor, values, bytes + n * design.bytes_in))
                        throw UserError(tensor.name + ": sample " + std::to_string(first + n) +
                                        " holds a number that has no word in " + tensor.type);
                }
        },
        [&](const std::uint8_t *bytes, std::size_t first, std::size_t count) {
            for (std::size_t n = 0; n < count; n++)
                for (std::size_t t = 0; t < out.size(); t++)
                    decode(design.outputs[t], bytes + n * design.bytes_out,
                           out[t] + (first + n) * design.outputs[t].elements());
        });
}

} // namespace

void Accelerator::predict(const std::vector<const float *> &in, const std::vector<float *> &out, std::size_t samples) {
    predict_values(*card, in, out, samples);
}

void Accelerator::predict(const std::vector<const double *> &in, const std::vector<double *> &out,
                          std::size_t samples) {
    predict_values(*card, in, out, samples);
}

void Accelerator::predict_fixed(const void *in, void *out, std::size_t samples) {
    const auto *given = static_cast<const std::uint8_t *>(in);
    auto *wanted = static_cast<std::uint8_t *>(out);
    const std::size_t bytes_in = card->design.bytes_in, bytes_out = card->design.bytes_out;
    card->predict(
        samples,
        [&](std::uint8_t *bytes, std::size_t first, std::size_t count) {
            std::memcpy(bytes, given + first * bytes_in, count * bytes_in);
        },
        [&](const std::uint8_t *bytes, std::size_t first, std::size_t count) {
            std::memcpy(wanted + first * bytes_out, bytes, count * bytes_out);
        });
}

} // namespace hls4ml_soc
