// hls::stream with the depth that its pragma gives: reads of an empty and writes to a full FIFO wait.
//
// A stream that the dataflow region does not declare (inside a process) has no bound: its process runs its parts one
// after the other, which with a bound would stand still where hardware does not.
#ifndef SOC_HLS_STREAM_H
#define SOC_HLS_STREAM_H

#include <cstddef>
#include <deque>
#include <iostream>
#include <queue>
#include <sstream>
#include <string>
#include <typeinfo>

#include "soc_fibers.h"

namespace hls {

template <class T> class stream : public soc_sim::channel {
    std::deque<T> data;
    stream(const stream &);
    stream &operator=(const stream &);

  public:
    explicit stream(const char *name = "stream") : soc_sim::channel(name, 0, false) {}
    explicit stream(const std::string &name) : soc_sim::channel(name, 0, false) {}
    stream(const std::string &name, size_t bound) : soc_sim::channel(name, bound, false) {}

    T read() {
        while (data.empty())
            soc_sim::wait(*this, false);
        T value = data.front();
        data.pop_front();
        one_less();
        soc_sim::the_scheduler().moves++;
        return value;
    }
    void read(T &value) { value = read(); }
    void operator>>(T &value) { value = read(); }

    void write(const T &value) {
        while (soc_sim::channel::full())
            soc_sim::wait(*this, true);
        data.push_back(value);
        one_more();
        soc_sim::the_scheduler().moves++;
    }
    void operator<<(const T &value) { write(value); }

    bool empty() {
        if (data.empty())
            soc_sim::poll();
        return data.empty();
    }
    bool full() {
        if (soc_sim::channel::full())
            soc_sim::poll();
        return soc_sim::channel::full();
    }
    bool read_nb(T &value) {
        if (empty())
            return false;
        value = read();
        return true;
    }
    bool write_nb(const T &value) {
        if (full())
            return false;
        write(value);
        return true;
    }
    size_t size() { return data.size(); }
    size_t capacity() { return depth; }

    void clear() {
        data.clear();
        forget();
    }
};

} // namespace hls

#endif
