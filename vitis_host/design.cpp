#include "design.h"

#include <array>
#include <cstdio>
#include <cstring>
#include <fstream>

#include "error.h"
#include "json.h"

namespace hls4ml_soc {
namespace {

template <std::size_t N> int index_of(const std::array<const char *, N> &names, const std::string &name) {
    for (std::size_t i = 0; i < N; i++)
        if (name == names[i])
            return static_cast<int>(i);
    throw UserError("'" + name + "' is no mode of ap_fixed");
}

// In the order of the enumerations in accelerator_api.h.
constexpr std::array<const char *, 7> roundings = {"TRN",     "TRN_ZERO",    "RND",     "RND_ZERO",
                                                   "RND_INF", "RND_MIN_INF", "RND_CONV"};
constexpr std::array<const char *, 5> overflows = {"WRAP", "SAT", "SAT_ZERO", "SAT_SYM", "WRAP_SM"};

accelerator_format format_of(const std::string &type) {
    const bool is_signed = type.rfind("ap_u", 0) != 0;
    const std::string rest = type.substr(is_signed ? 3 : 4); // after ap_ or ap_u
    int width = 0, integer = 0, saturated = 0, read = 0;
    char rounding[16] = "TRN", overflow[16] = "WRAP";
    accelerator_format format = {};
    if (std::sscanf(rest.c_str(), "int<%2d>%n", &width, &read) == 1) {
        integer = width;
        format.is_integer = true;
    } else {
        std::sscanf(rest.c_str(), "fixed<%2d,%4d,AP_%15[A-Z_],AP_%15[A-Z_],%2d>%n", &width, &integer, rounding,
                    overflow, &saturated, &read);
    }
    if (type.rfind("ap_", 0) != 0 || read == 0 || static_cast<std::size_t>(read) != rest.size() || width < 1 ||
        width > 64 || saturated < 0 || saturated > width)
        throw UserError("'" + type + "' is no number format");
    format.width = static_cast<std::uint8_t>(width);
    format.fraction = static_cast<std::int16_t>(width - integer);
    format.is_signed = is_signed;
    format.rounding = static_cast<accelerator_rounding>(index_of(roundings, rounding));
    format.overflow = static_cast<accelerator_overflow>(index_of(overflows, overflow));
    format.saturation_bits = static_cast<std::uint8_t>(saturated);
    return format;
}

std::vector<Tensor> tensors(const Json &list, unsigned stream_bits, std::size_t &bytes) {
    std::vector<Tensor> found;
    for (const Json &each : list.items()) {
        Tensor tensor;
        tensor.name = each["name"].text();
        tensor.type = each["precision"].text();
        std::size_t elements = 1;
        for (const Json &size : each["shape"].items()) {
            tensor.shape.push_back(size.number());
            elements *= size.number();
        }
        const std::size_t size = each["beats"].number() * stream_bits / 8;
        const auto container = static_cast<std::uint16_t>(each["container_bits"].number());
        if (container == 0 || container > stream_bits || (bytes + size) >> 29 != 0)
            throw UserError(tensor.name + ": a layout that cannot be");
        tensor.layout = {};
        tensor.layout.elements = static_cast<std::uint32_t>(elements);
        tensor.layout.offset = static_cast<std::uint32_t>(bytes);
        tensor.layout.bytes = static_cast<std::uint32_t>(size);
        tensor.layout.lanes = static_cast<std::uint16_t>(stream_bits / container);
        tensor.layout.stream_bits = static_cast<std::uint16_t>(stream_bits);
        tensor.layout.element_bits = container;
        tensor.layout.format = format_of(tensor.type);
        if (elements * container > size * 8 || tensor.layout.format.width > container)
            throw UserError(tensor.name + ": its elements do not fit their bytes");
        bytes += size;
        found.push_back(tensor);
    }
    if (found.empty())
        throw UserError("a network without tensors");
    return found;
}

} // namespace

Design Design::read(const std::string &path) {
    const Json json = Json::read(path);
    try {
        Design design;
        if (json["format"].number() != 1)
            throw UserError("'format' is not 1");
        design.name = json["name"].text();
        design.kernel = json["kernel"]["name"].text();
        for (const Json &unit : json["kernel"]["compute_units"].items())
            design.compute_units.push_back(unit.text());
        if (design.compute_units.empty())
            throw UserError("no compute units");
        design.uuid = json["xclbin"]["uuid"].text();
        const auto bits_in = static_cast<unsigned>(json["stream_bits"]["in"].number());
        const auto bits_out = static_cast<unsigned>(json["stream_bits"]["out"].number());
        design.word_bytes_in = bits_in / 8;
        design.word_bytes_out = bits_out / 8;
        design.inputs = tensors(json["inputs"], bits_in, design.bytes_in);
        design.outputs = tensors(json["outputs"], bits_out, design.bytes_out);
        return design;
    } catch (const UserError &error) {
        throw UserError(path + " is no accelerator.json of a data-centre card: " + error.what());
    }
}

std::string xclbin_uuid(const std::string &path) {
    // struct axlf of xclbin.h: magic, and the UUID in its header.
    constexpr std::size_t uuid_at = 416, fixed_part = 456;
    std::ifstream file(path, std::ios::binary);
    if (!file)
        throw UserError(path + " cannot be read");
    std::array<char, fixed_part> head = {};
    file.read(head.data(), head.size());
    if (!file || std::memcmp(head.data(), "xclbin2", 8) != 0)
        throw UserError(path + " is no .xclbin");
    std::string text;
    for (std::size_t i = 0; i < 16; i++) {
        static const char digits[] = "0123456789abcdef";
        const auto byte = static_cast<unsigned char>(head[uuid_at + i]);
        if (i == 4 || i == 6 || i == 8 || i == 10)
            text += '-';
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

} // namespace hls4ml_soc
