// hls4ml_run: samples from .npy files through the network on a card. Exit code 2 for what the caller can put right, 3
// for what the card or XRT reports, 1 for anything else.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>

#include "json.h"
#include "npy.h"
#include "soc_accelerator.h"

using namespace hls4ml_soc;

namespace {

const char usage[] = "hls4ml_run --xclbin FILE --input [NAME=]X.npy ... --output [NAME=]Y.npy ...\n"
                     "    --design FILE     accelerator.json, by default beside the .xclbin\n"
                     "    --batch N         samples of one start of a compute unit (256)\n"
                     "    --runs N          how often all samples are computed (1)\n"
                     "    --deadline S      seconds that one batch may take (10)\n"
                     "    --device N        card (0)\n"
                     "    --json [FILE]     write what was done as JSON, to standard output without FILE\n";

struct Options {
    std::string xclbin, design, json;
    std::vector<std::string> inputs, outputs;
    std::size_t runs = 1;
    bool tells = false;
    Settings settings;
};

std::size_t number(const std::string &name, const std::string &text, std::size_t least) {
    if (text.empty() || text.size() > 12 || text.find_first_not_of("0123456789") != std::string::npos ||
        std::stoull(text) < least)
        throw UserError(name + " " + text + ": a whole number of " + std::to_string(least) + " at least is needed");
    return std::stoull(text);
}

std::chrono::milliseconds seconds(const std::string &name, const std::string &text) {
    char *end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    if (text.empty() || *end != '\0' || !(value >= 0.001 && value <= 1e6))
        throw UserError(name + " " + text + ": a number of seconds from 0.001 to 1000000 is needed");
    return std::chrono::milliseconds(static_cast<long>(value * 1000));
}

Options parse(const std::vector<std::string> &words) {
    Options options;
    for (std::size_t i = 0; i < words.size(); i++) {
        const std::string &name = words[i];
        const bool has_value = i + 1 < words.size() && words[i + 1].rfind("--", 0) != 0;
        if (name == "--json") {
            options.tells = true;
            if (has_value)
                options.json = words[++i];
            continue;
        }
        const char *known[] = {"--xclbin", "--design", "--input",    "--output",
                               "--batch",  "--runs",   "--deadline", "--device"};
        if (std::find(std::begin(known), std::end(known), name) == std::end(known))
            throw UserError("unknown option " + name + "\n" + usage);
        if (!has_value)
            throw UserError(name + " has no value");
        const std::string &value = words[++i];
        if (name == "--xclbin")
            options.xclbin = value;
        else if (name == "--design")
            options.design = value;
        else if (name == "--input")
            options.inputs.push_back(value);
        else if (name == "--output")
            options.outputs.push_back(value);
        else if (name == "--batch")
            options.settings.batch = number(name, value, 1);
        else if (name == "--runs")
            options.runs = number(name, value, 1);
        else if (name == "--deadline")
            options.settings.deadline = seconds(name, value);
        else
            options.settings.device = static_cast<unsigned>(number(name, value, 0));
    }
    if (options.xclbin.empty() || options.inputs.empty())
        throw UserError(std::string("--xclbin and --input are needed\n") + usage);
    if (options.design.empty()) {
        const std::size_t slash = options.xclbin.rfind('/');
        options.design = (slash == std::string::npos ? "" : options.xclbin.substr(0, slash + 1)) + "accelerator.json";
    }
    return options;
}

// The file of each tensor: NAME=FILE, or FILE where there is one tensor only.
std::vector<std::string> files(const std::string &option, const std::vector<std::string> &given,
                               const std::vector<Tensor> &tensors) {
    std::map<std::string, std::string> named;
    std::string names;
    for (const Tensor &tensor : tensors)
        names += (names.empty() ? "" : ", ") + tensor.name;
    for (const std::string &each : given) {
        const std::size_t equals = each.find('=');
        const bool bare = equals == std::string::npos;
        if (bare && tensors.size() != 1)
            throw UserError(option + " " + each + ": write NAME=" + each + ", there is " + names);
        const std::string name = bare ? tensors[0].name : each.substr(0, equals);
        const auto is_it = [&](const Tensor &tensor) { return tensor.name == name; };
        if (std::none_of(tensors.begin(), tensors.end(), is_it))
            throw UserError(option + ": there is no tensor '" + name + "', there is " + names);
        if (!named.emplace(name, bare ? each : each.substr(equals + 1)).second)
            throw UserError(option + ": '" + name + "' is given twice");
    }
    std::vector<std::string> found;
    for (const Tensor &tensor : tensors) {
        if (named.count(tensor.name) == 0)
            throw UserError(option + ": no file for '" + tensor.name + "'");
        found.push_back(named[tensor.name]);
    }
    return found;
}

std::size_t samples_of(const Array &array, const Tensor &tensor, const std::string &path) {
    std::vector<std::size_t> whole = {array.shape.empty() ? 0 : array.shape[0]}, flat = whole;
    whole.insert(whole.end(), tensor.shape.begin(), tensor.shape.end());
    flat.push_back(tensor.elements());
    if (array.shape.empty() || (array.shape != whole && array.shape != flat)) {
        std::string has, wants;
        for (const std::size_t size : array.shape)
            has += (has.empty() ? "" : ", ") + std::to_string(size);
        for (const std::size_t size : tensor.shape)
            wants += ", " + std::to_string(size);
        throw UserError(path + ": an array of shape (" + has + ") was given; (samples" + wants + ") is needed");
    }
    return array.shape[0];
}

std::string told(const Accelerator &network, const Options &options, std::size_t samples,
                 const std::vector<double> &seconds) {
    const char *emulation = std::getenv("XCL_EMULATION_MODE");
    std::string times;
    for (const double each : seconds)
        times += (times.empty() ? "" : ", ") + std::to_string(each);
    const Counters &counters = network.counters();
    return "{\"name\": " + quoted(network.design().name) + ", \"xclbin_uuid\": " + quoted(network.design().uuid) +
           ", \"emulation\": " + (emulation ? quoted(emulation) : "null") +
           ", \"samples\": " + std::to_string(samples) + ", \"batch\": " + std::to_string(options.settings.batch) +
           ", \"compute_units\": " + std::to_string(network.design().compute_units.size()) +
           ", \"starts\": " + std::to_string(counters.starts) +
           ", \"bytes_to_card\": " + std::to_string(counters.bytes_to_card) +
           ", \"bytes_from_card\": " + std::to_string(counters.bytes_from_card) + ", \"seconds\": [" + times + "]}\n";
}

void run(const Options &options) {
    Accelerator network(options.design, options.xclbin, options.settings);
    const Design &design = network.design();
    const std::vector<std::string> given = files("--input", options.inputs, design.inputs);
    const std::vector<std::string> wanted = files("--output", options.outputs, design.outputs);
    std::vector<Array> inputs, outputs;
    for (std::size_t t = 0; t < given.size(); t++) {
        inputs.push_back(read_npy(given[t]));
        const std::size_t samples = samples_of(inputs[t], design.inputs[t], given[t]);
        if (samples != inputs[0].shape[0])
            throw UserError(given[t] + " has " + std::to_string(samples) + " samples, " + given[0] + " has " +
                            std::to_string(inputs[0].shape[0]));
    }
    const std::size_t samples = inputs[0].shape[0];
    std::vector<const double *> in;
    std::vector<double *> out;
    for (const Tensor &tensor : design.outputs) {
        Array array;
        array.shape = {samples};
        array.shape.insert(array.shape.end(), tensor.shape.begin(), tensor.shape.end());
        array.values.resize(samples * tensor.elements());
        outputs.push_back(array);
    }
    for (const Array &array : inputs)
        in.push_back(array.values.data());
    for (Array &array : outputs)
        out.push_back(array.values.data());
    std::vector<double> times;
    for (std::size_t n = 0; n < options.runs; n++) {
        const auto started = std::chrono::steady_clock::now();
        network.predict(in, out, samples);
        times.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count());
    }
    for (std::size_t t = 0; t < wanted.size(); t++)
        write_npy(wanted[t], outputs[t], design.outputs[t].is_narrow());
    if (options.tells && options.json.empty()) {
        std::cout << told(network, options, samples, times) << std::flush;
    } else if (options.tells) {
        std::ofstream file(options.json);
        if (!(file << told(network, options, samples, times)).flush())
            throw UserError(options.json + " cannot be written");
    }
}

// XRT waits at its end for commands that will never finish: then this ends without it.
[[noreturn]] void leave(int code) {
    std::cout.flush();
    std::cerr.flush();
    ::_exit(code);
}

} // namespace

int main(int count, char **words) {
    try {
        run(parse(std::vector<std::string>(words + 1, words + count)));
        return 0;
    } catch (const UserError &error) {
        std::cerr << "ERROR: " << error.what() << "\n";
        return 2;
    } catch (const CardError &error) {
        std::cerr << "ERROR: " << error.what() << "\n";
        leave(3);
    } catch (const std::exception &error) {
        std::cerr << "ERROR: " << error.what() << "\n";
        return 1;
    }
}
