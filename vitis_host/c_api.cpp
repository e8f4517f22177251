// The library for other languages: plain C functions, none of which throws. accelerator.py is their Python face.
#include <memory>

#include "soc_accelerator.h"

using namespace hls4ml_soc;

namespace {

enum { done = 0, bug = 1, user = 2, card = 3 };

thread_local std::string last_error;

template <class Action> int guarded(Action action) {
    try {
        action();
        return done;
    } catch (const UserError &error) {
        last_error = error.what();
        return user;
    } catch (const CardError &error) {
        last_error = error.what();
        return card;
    } catch (const std::exception &error) {
        last_error = error.what();
        return bug;
    }
}

template <class Value>
int predict(Accelerator *network, const Value *const *in, Value *const *out, std::size_t samples) {
    return guarded([&] {
        const Design &design = network->design();
        network->predict(std::vector<const Value *>(in, in + design.inputs.size()),
                         std::vector<Value *>(out, out + design.outputs.size()), samples);
    });
}

} // namespace

extern "C" {

const char *soc_error() { return last_error.c_str(); }

int soc_open(const char *design, const char *xclbin, unsigned device, std::size_t batch, double deadline,
             Accelerator **network) {
    return guarded([&] {
        Settings settings;
        settings.device = device;
        settings.batch = batch;
        settings.deadline = std::chrono::milliseconds(static_cast<long>(deadline * 1000));
        *network = new Accelerator(design, xclbin, settings);
    });
}

void soc_close(Accelerator *network) { delete network; }

int soc_predict_float(Accelerator *network, const float *const *in, float *const *out, std::size_t samples) {
    return predict(network, in, out, samples);
}

int soc_predict_double(Accelerator *network, const double *const *in, double *const *out, std::size_t samples) {
    return predict(network, in, out, samples);
}

int soc_predict_fixed(Accelerator *network, const void *in, void *out, std::size_t samples) {
    return guarded([&] { network->predict_fixed(in, out, samples); });
}
}
