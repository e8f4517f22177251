// The line to the device process: started here, spoken to in the messages of XRT's software emulation
// (rpc_messages.proto).
#ifndef STANDIN_LINE_H
#define STANDIN_LINE_H

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>

namespace standin {

enum call {
    close_call = 1,
    load_call = 3,
    allocate_call = 4,
    to_card_call = 6,
    from_card_call = 7,
    write_call = 9,
    read_call = 11
};

template <class Word> Word word(const std::string &bytes, std::size_t at) {
    Word found;
    if (at + sizeof found > bytes.size())
        throw std::runtime_error("a section or an answer that is too short");
    std::memcpy(&found, bytes.data() + at, sizeof found);
    return found;
}

inline std::string varint(std::uint64_t value) {
    std::string found;
    for (; value > 127; value >>= 7)
        found += static_cast<char>((value & 127) | 128);
    return found + static_cast<char>(value);
}

inline std::string number(unsigned field, std::uint64_t value) { return varint(field << 3) + varint(value); }

inline std::string text(unsigned field, const std::string &value) {
    return varint(field << 3 | 2) + varint(value.size()) + value;
}

class Line {
  public:
    Line() {
        const char *root = std::getenv("XILINX_VITIS"), *user = std::getenv("USER");
        if (root == nullptr || user == nullptr)
            throw std::runtime_error("Could not open device: no virtual card is there");
        const std::string folder = std::string("/tmp/") + user, name = "standin";
        ::mkdir(folder.c_str(), 0700);
        sockaddr_un address = {};
        address.sun_family = AF_UNIX;
        (folder + "/" + name).copy(address.sun_path, sizeof address.sun_path - 1);
        const int door = ::socket(AF_UNIX, SOCK_STREAM, 0);
        ::unlink(address.sun_path);
        if (::bind(door, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0 || ::listen(door, 1) != 0)
            throw std::runtime_error("Could not open device: no socket in " + folder);
        const std::string model =
            std::string(root) + "/data/emulation/unified/cpu_em/generic_pcie/model/genericpciemodel";
        ::setenv("EMULATION_SOCKETID", name.c_str(), 1);
        process = ::fork();
        if (process == 0) {
            ::execl(model.c_str(), model.c_str(), static_cast<char *>(nullptr));
            ::_exit(127);
        }
        line = ::accept(door, nullptr, nullptr);
        ::close(door);
    }

    ~Line() {
        try {
            call(close_call, number(3, 1));
        } catch (const std::exception &) {
        }
        ::close(line);
        ::waitpid(process, nullptr, 0);
    }

    Line(const Line &) = delete;
    Line &operator=(const Line &) = delete;

    std::string call(std::uint32_t number, const std::string &body) {
        const std::uint64_t size = body.size();
        std::string message;
        message += static_cast<char>(1 << 3 | 1);
        message.append(reinterpret_cast<const char *>(&size), sizeof size);
        message += static_cast<char>(2 << 3 | 5);
        message.append(reinterpret_cast<const char *>(&number), sizeof number);
        message += body;
        for (std::size_t sent = 0; sent < message.size();) {
            const ssize_t more = ::send(line, message.data() + sent, message.size() - sent, MSG_NOSIGNAL);
            if (more <= 0)
                throw std::runtime_error("the device process has ended");
            sent += static_cast<std::size_t>(more);
        }
        return receive(word<std::uint64_t>(receive(9), 1));
    }

  private:
    int line = -1;
    pid_t process = -1;

    std::string receive(std::size_t size) {
        std::string found(size, '\0');
        for (std::size_t have = 0; have < size;) {
            const ssize_t more = ::recv(line, &found[have], size - have, 0);
            if (more <= 0)
                throw std::runtime_error("the device process has ended");
            have += static_cast<std::size_t>(more);
        }
        return found;
    }
};

} // namespace standin

#endif
