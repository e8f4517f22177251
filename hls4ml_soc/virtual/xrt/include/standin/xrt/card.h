// The card as the device process shows it: sections of the .xclbin, memory, compute units. One thread at a time.
#ifndef STANDIN_CARD_H
#define STANDIN_CARD_H

#include <cstdint>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "line.h"

namespace standin {

// Counts calls of the API; they are written where HLS4ML_SOC_XRT_CALLS says.
inline void counted(const char *name) {
    struct Counts : std::map<std::string, unsigned> {
        ~Counts() {
            if (const char *path = std::getenv("HLS4ML_SOC_XRT_CALLS")) {
                std::ofstream file(path);
                for (const auto &each : *this)
                    file << each.first << " " << each.second << "\n";
            }
        }
    };
    static Counts counts;
    counts[name]++;
}

struct Job {
    std::map<int, std::uint64_t> values;
    bool done = false;
};

struct Unit {
    int number = 0;
    std::uint64_t base = 0;
    std::deque<std::shared_ptr<Job>> jobs; // the first one runs
    bool running = false;
};

struct Argument {
    std::uint64_t offset, size;
};

class Card {
  public:
    void load(const std::string &path) {
        std::ifstream file(path, std::ios::binary);
        const std::string all((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
        if (all.size() < 456 || all.compare(0, 7, "xclbin2") != 0)
            throw std::runtime_error("load_axlf: no .xclbin: " + path);
        const std::uint32_t count = word<std::uint32_t>(all, 448);
        std::map<std::uint32_t, std::string> sections;
        for (std::uint32_t i = 0; i < count; i++) {
            const std::size_t at = 456 + i * 40;
            sections[word<std::uint32_t>(all, at)] =
                all.substr(word<std::uint64_t>(all, at + 24), word<std::uint64_t>(all, at + 32));
        }
        if (word<std::uint16_t>(all, 332) != 5)
            throw std::runtime_error("load_axlf: not built for software emulation: " + path);
        described = sections[2];
        layout = sections[8];
        connected = sections[7];
        topology = sections[6];
        const char *scratch = std::getenv("HLS4ML_SOC_CARD_SCRATCH");
        const std::string folder = scratch ? scratch : ".";
        std::ofstream(folder + "/standin.xml", std::ios::binary) << described;
        std::ofstream(folder + "/standin.so", std::ios::binary) << sections[0];
        line.call(load_call, text(1, folder + "/standin.xml") + text(2, folder + "/standin.so"));
        for (std::size_t at = described.find("<arg "); at != std::string::npos; at = described.find("<arg ", at + 1))
            arguments[static_cast<int>(attribute(at, "id"))] = {attribute(at, "offset"), attribute(at, "size")};
    }

    std::shared_ptr<Unit> unit(const std::string &name) const { // kernel:{unit}
        const std::size_t brace = name.find('{');
        const std::string wanted = name.substr(0, brace) + name.substr(brace + 1, name.size() - brace - 2);
        for (int i = 0; i < word<std::int32_t>(layout, 0); i++) {
            const std::size_t at = 8 + static_cast<std::size_t>(i) * 80;
            if (wanted == layout.c_str() + at + 16) {
                auto found = std::make_shared<Unit>();
                found->number = i;
                found->base = word<std::uint64_t>(layout, at + 8);
                return found;
            }
        }
        throw std::runtime_error("No compute units satisfy requested kernel '" + name + "'");
    }

    int bank(const Unit &unit, int argument) const {
        for (int i = 0; i < word<std::int32_t>(connected, 0); i++) {
            const std::size_t at = 4 + static_cast<std::size_t>(i) * 12;
            if (word<std::int32_t>(connected, at) == argument && word<std::int32_t>(connected, at + 4) == unit.number)
                return word<std::int32_t>(connected, at + 8);
        }
        throw std::runtime_error("no memory is connected to argument " + std::to_string(argument));
    }

    std::uint64_t allocate(std::uint32_t bank, std::uint64_t size) {
        if (bank >= static_cast<std::uint32_t>(word<std::int32_t>(topology, 0)))
            throw std::runtime_error("no memory bank " + std::to_string(bank));
        const std::size_t at = 8 + bank * 40;
        std::uint64_t &used = taken[bank];
        if (size > (word<std::uint64_t>(topology, at + 8) << 10) - used)
            throw std::bad_alloc();
        const std::uint64_t address = word<std::uint64_t>(topology, at + 16) + used;
        used += (size + 4095) / 4096 * 4096;
        line.call(allocate_call, number(1, address) + number(2, size));
        return address;
    }

    void to_card(std::uint64_t address, const void *data, std::size_t size) {
        line.call(to_card_call, number(3, address) + text(4, std::string(static_cast<const char *>(data), size)));
    }

    void from_card(std::uint64_t address, void *data, std::size_t size) {
        const std::string answer = line.call(from_card_call, number(4, address) + number(5, size));
        std::memcpy(data, answer.data() + answer.size() - size, size);
    }

    // Start what can be started, note what has finished.
    void advance(Unit &unit) {
        constexpr std::uint32_t start = 1, done = 2, go_on = 16;
        if (unit.running) {
            const std::string answer = line.call(read_call, number(2, unit.base) + number(3, 4));
            if (!(word<std::uint32_t>(answer, answer.size() - 4) & done))
                return;
            control(unit, 0, go_on, 4);
            unit.jobs.front()->done = true;
            unit.jobs.pop_front();
            unit.running = false;
        }
        if (unit.jobs.empty())
            return;
        for (const auto &each : unit.jobs.front()->values)
            control(unit, arguments.at(each.first).offset, each.second, arguments.at(each.first).size);
        control(unit, 0, start, 4);
        unit.running = true;
    }

  private:
    Line line;
    std::string described, layout, connected, topology;
    std::map<int, Argument> arguments;
    std::map<std::uint32_t, std::uint64_t> taken;

    std::uint64_t attribute(std::size_t at, const std::string &name) const {
        const std::string key = " " + name + "=\"";
        return std::stoull(described.substr(described.find(key, at) + key.size()), nullptr, 0);
    }

    void control(const Unit &unit, std::uint64_t offset, std::uint64_t value, std::size_t size) {
        const std::string bytes(reinterpret_cast<const char *>(&value), size);
        line.call(write_call, number(2, unit.base + offset) + text(4, bytes));
    }
};

struct Buffer {
    std::shared_ptr<Card> card;
    std::uint64_t address;
    std::vector<std::uint8_t> bytes;

    Buffer(std::shared_ptr<Card> where, std::size_t size, std::uint32_t bank)
        : card(std::move(where)), address(card->allocate(bank, size)), bytes(size) {}
};

} // namespace standin

#endif
