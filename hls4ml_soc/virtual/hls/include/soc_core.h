// The C interface of an emulated IP core, included last by the generated file. That defines, in namespace soc_core:
// port_in, port_out (the FIFOs of the two AXI4-Stream ports), processes (an array) and clear_channels().
#ifndef SOC_CORE_H
#define SOC_CORE_H

#include <cstring>
#include <string>

#include "ap_axi_sdata.h"
#include "hls_stream.h"

#define SOC_EXPORT extern "C" __attribute__((visibility("default")))

namespace soc_core {

typedef unsigned char byte;

template <class T> inline void store(const T &value, byte *bytes) {
    const int W = T::width;
    const ap_uint<W> bits = value.range(W - 1, 0);
    for (int low = 0; low < W; low += 64) {
        const int high = low + 63 < W ? low + 63 : W - 1;
        const uint64_t word = bits.range(high, low).to_uint64();
        std::memcpy(bytes + low / 8, &word, (high - low + 8) / 8);
    }
}

template <class T> inline void load(T &value, const byte *bytes) {
    const int W = T::width;
    ap_uint<W> bits = 0;
    for (int low = 0; low < W; low += 64) {
        const int high = low + 63 < W ? low + 63 : W - 1;
        uint64_t word = 0;
        std::memcpy(&word, bytes + low / 8, (high - low + 8) / 8);
        bits.range(high, low) = ap_uint<64>(word);
    }
    value.range(W - 1, 0) = bits;
}

// A side channel that a port has not counts as ones: bytes valid, end of packet.
template <int W> inline uint64_t get_side(const ap_uint<W> &side) { return side.to_uint64(); }
inline uint64_t get_side(const hls::axis_disabled_signal &) { return ~uint64_t(0); }
template <int W> inline void set_side(ap_uint<W> &side, int value) { side = value; }
inline void set_side(hls::axis_disabled_signal &, int) {}

template <class T> inline int bits_of(const T &) { return T::width; }
inline int bits_of(const hls::axis_disabled_signal &) { return 0; }
template <class B> inline int width_of(const B &beat, int signal) {
    const int widths[] = {bits_of(beat.data), bits_of(beat.keep), bits_of(beat.strb), bits_of(beat.user),
                          bits_of(beat.last), bits_of(beat.id),   bits_of(beat.dest)};
    return widths[signal];
}

static bool stalling = false;

// Samples of which input has come in.
inline uint64_t samples_begun() {
    soc_sim::scheduler &s = soc_sim::the_scheduler();
    uint64_t begun = port_in.taken > s.taken_by_ready ? 1 : 0;
    for (size_t i = 0; i < s.size; i++)
        begun += s.processes[i].input != nullptr ? s.processes[i].runs : 0;
    return begun;
}

// Beats that may leave. A stalling pipeline that was let into the next sample at once, running freely or by a start too
// many, freezes with all its stages at the missing input: a finished sample leaves when input of a later one comes.
inline uint64_t free_to_leave() {
    soc_sim::scheduler &s = soc_sim::the_scheduler();
    const uint64_t begun = samples_begun();
    if (!stalling || (!s.free_running && s.allowed <= begun))
        return ~uint64_t(0);
    if (begun >= s.samples_out + 2)
        return ~uint64_t(0);
    return begun > s.samples_out ? s.end_of_last : s.end_before_last;
}

inline bool in_flight() {
    soc_sim::scheduler &s = soc_sim::the_scheduler();
    if (port_in.taken > s.taken_by_ready || port_in.count != 0 || port_out.count != 0)
        return true;
    for (size_t i = 0; i < s.size; i++)
        if (s.processes[i].runs != s.processes[0].runs)
            return true;
    return false;
}

inline std::string describe(const soc_sim::process &p) {
    const soc_sim::channel &c = *p.waits_for;
    const std::string kind = c.is_array ? "array " : "FIFO ";
    const std::string depth = c.depth == 0 ? "inside it" : "depth " + std::to_string(c.depth);
    return std::string(p.name) + (p.for_room ? " waits for room in the full " : " waits for data from the empty ") + kind +
           c.name + " (" + depth + ")";
}

} // namespace soc_core

SOC_EXPORT void soc_reset() {
    soc_core::clear_channels();
    soc_sim::reset();
}

SOC_EXPORT void soc_open(int free_running, int stalling) {
    soc_sim::scheduler &s = soc_sim::the_scheduler();
    s.processes = soc_core::processes;
    s.size = sizeof soc_core::processes / sizeof *soc_core::processes;
    s.free_running = free_running != 0;
    soc_core::stalling = stalling != 0;
    soc_reset();
}

SOC_EXPORT void soc_close() { soc_sim::close(); }

SOC_EXPORT void soc_start(uint64_t runs) {
    soc_sim::the_scheduler().allowed += runs;
    soc_sim::run();
}

SOC_EXPORT size_t soc_push(const soc_core::byte *data, const soc_core::byte *last, size_t beats) {
    const size_t bytes = (decltype(soc_core::port_in.read().data)::width + 7) / 8;
    size_t done = 0;
    for (;;) {
        for (; done < beats && !soc_core::port_in.soc_sim::channel::full(); done++) {
            decltype(soc_core::port_in.read()) beat;
            soc_core::load(beat.data, data + done * bytes);
            soc_core::set_side(beat.keep, -1);
            soc_core::set_side(beat.strb, -1);
            soc_core::set_side(beat.last, last[done] != 0);
            soc_core::port_in.write(beat);
        }
        soc_sim::run();
        if (done == beats || soc_core::port_in.soc_sim::channel::full())
            return done;
    }
}

SOC_EXPORT size_t soc_pull(soc_core::byte *data, uint64_t *keep, soc_core::byte *last, size_t limit) {
    const size_t bytes = (decltype(soc_core::port_out.read().data)::width + 7) / 8;
    size_t done = 0;
    for (;;) {
        const size_t before = done;
        const uint64_t may_leave = soc_core::free_to_leave();
        for (; done < limit && soc_core::port_out.count != 0 && soc_core::port_out.taken < may_leave; done++) {
            decltype(soc_core::port_out.read()) beat = soc_core::port_out.read();
            soc_core::store(beat.data, data + done * bytes);
            keep[done] = soc_core::get_side(beat.keep);
            last[done] = soc_core::get_side(beat.last) & 1;
        }
        if (done == before)
            return done;
        soc_sim::run();
    }
}

// Widths in bits of TDATA, TKEEP, TSTRB, TUSER, TLAST, TID, TDEST; 0: the port has no such signal.
SOC_EXPORT int soc_width(int output, int signal) {
    return output ? soc_core::width_of(decltype(soc_core::port_out.read())(), signal)
                  : soc_core::width_of(decltype(soc_core::port_in.read())(), signal);
}

SOC_EXPORT uint64_t soc_runs_done() {
    soc_sim::scheduler &s = soc_sim::the_scheduler();
    for (size_t i = 0; i < s.size; i++)
        if (s.processes[i].input != nullptr)
            return s.processes[i].runs;
    return 0;
}

SOC_EXPORT size_t soc_standstill(char *text, size_t size) {
    soc_sim::scheduler &s = soc_sim::the_scheduler();
    std::string sentence = s.crash;
    for (size_t i = 0; i < s.size && s.crash.empty() && soc_core::in_flight(); i++)
        if (s.processes[i].inside && s.processes[i].waits_for != nullptr)
            sentence += (sentence.empty() ? "" : "; ") + soc_core::describe(s.processes[i]);
    if (!sentence.empty() && soc_core::port_out.count != 0 && soc_core::port_out.taken >= soc_core::free_to_leave()) {
        sentence += "; a finished sample stays inside until input of a later one comes";
        if (!s.free_running)
            sentence += ": the core has had " + std::to_string(s.allowed) + " starts for " +
                        std::to_string(soc_core::samples_begun()) + " samples";
    }
    if (size != 0) {
        const size_t n = sentence.size() < size - 1 ? sentence.size() : size - 1;
        std::memcpy(text, sentence.data(), n);
        text[n] = 0;
    }
    return sentence.size();
}

#endif
