#include "npy.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <limits>

#include "error.h"

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "npy.cpp is for little-endian hosts");

namespace hls4ml_soc {
namespace {

template <class Value> void take(const std::string &bytes, std::vector<double> &values) {
    for (std::size_t i = 0; i < values.size(); i++) {
        Value value;
        std::memcpy(&value, bytes.data() + i * sizeof value, sizeof value);
        values[i] = static_cast<double>(value);
    }
}

struct Kind {
    const char *name;
    std::size_t size;
    void (*take)(const std::string &, std::vector<double> &);
};

const Kind kinds[] = {
    {"<f4", 4, take<float>},        {"<f8", 8, take<double>},        {"|i1", 1, take<std::int8_t>},
    {"|u1", 1, take<std::uint8_t>}, {"<i2", 2, take<std::int16_t>},  {"<u2", 2, take<std::uint16_t>},
    {"<i4", 4, take<std::int32_t>}, {"<u4", 4, take<std::uint32_t>},
};

std::string header_of(std::ifstream &file, const std::string &path) {
    char start[8];
    if (!file.read(start, sizeof start) || std::memcmp(start, "\x93NUMPY", 6) != 0)
        throw UserError(path + " is no .npy file");
    unsigned char length[4] = {};
    file.read(reinterpret_cast<char *>(length), start[6] == 1 ? 2 : 4);
    const std::size_t size = length[0] | length[1] << 8 | static_cast<std::size_t>(length[2]) << 16;
    std::string header(size, ' ');
    if (length[3] != 0 || !file.read(header.data(), static_cast<std::streamsize>(size)))
        throw UserError(path + " ends within its header");
    return header;
}

// What stands behind a key in the header, up to a closing character; false where it is not there.
bool entry(const std::string &header, const std::string &key, char end, std::string &found) {
    const std::size_t at = header.find(key);
    if (at == std::string::npos)
        return false;
    const std::size_t from = at + key.size(), to = header.find(end, from);
    if (to == std::string::npos)
        return false;
    found = header.substr(from, to - from);
    return true;
}

std::vector<std::size_t> sizes_of(const std::string &text, const std::string &path, std::size_t &count) {
    std::vector<std::size_t> sizes;
    for (std::size_t at = text.find_first_of("0123456789"); at != std::string::npos;
         at = text.find_first_of("0123456789", text.find(',', at))) {
        const std::size_t size = std::strtoull(text.c_str() + at, nullptr, 10);
        if (size != 0 && count > (std::numeric_limits<std::size_t>::max() >> 4) / size)
            throw UserError(path + ": its shape is beyond memory");
        sizes.push_back(size);
        count *= size;
        if (text.find(',', at) == std::string::npos)
            break;
    }
    return sizes;
}

} // namespace

Array read_npy(const std::string &path) {
    std::ifstream file(path, std::ios::binary);
    if (!file)
        throw UserError(path + " cannot be read");
    const std::string header = header_of(file, path);
    std::string type, order, shape;
    if (!entry(header, "'descr': '", '\'', type) && !entry(header, "'descr': ", ',', type))
        throw UserError(path + ": its header names no type");
    const Kind *kind = nullptr;
    for (const Kind &each : kinds)
        if (type == each.name)
            kind = &each;
    if (kind == nullptr)
        throw UserError(path + ": an array of type '" + type +
                        "' was given; float32, float64 and integers of up to 32 bits are read");
    if (!entry(header, "'fortran_order': ", ',', order) || order != "False")
        throw UserError(path + ": columns come first: save numpy.ascontiguousarray(x)");
    if (!entry(header, "'shape': (", ')', shape))
        throw UserError(path + ": its header names no shape");
    std::size_t count = 1;
    Array array;
    array.shape = sizes_of(shape, path, count);
    std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (bytes.size() != count * kind->size)
        throw UserError(path + " has " + std::to_string(bytes.size()) + " bytes of numbers, its shape needs " +
                        std::to_string(count * kind->size));
    array.values.resize(count);
    kind->take(bytes, array.values);
    return array;
}

void write_npy(const std::string &path, const Array &array, bool narrow) {
    std::string shape;
    for (const std::size_t size : array.shape)
        shape += std::to_string(size) + ", ";
    std::string header = std::string("{'descr': '") + (narrow ? "<f4" : "<f8") +
                         "', 'fortran_order': False, 'shape': (" + shape + "), }";
    constexpr std::size_t before = 10, align = 64;
    header.append(align - (before + header.size() + 1) % align, ' ');
    header += '\n';
    std::string bytes("\x93NUMPY\x01\x00", 8);
    bytes += static_cast<char>(header.size() & 255);
    bytes += static_cast<char>(header.size() >> 8);
    bytes += header;
    for (const double value : array.values) {
        char word[sizeof value];
        const auto single = static_cast<float>(value);
        if (narrow)
            std::memcpy(word, &single, sizeof single);
        else
            std::memcpy(word, &value, sizeof value);
        bytes.append(word, narrow ? sizeof single : sizeof value);
    }
    std::ofstream file(path, std::ios::binary);
    if (!file.write(bytes.data(), static_cast<std::streamsize>(bytes.size())).flush())
        throw UserError(path + " cannot be written");
}

} // namespace hls4ml_soc
