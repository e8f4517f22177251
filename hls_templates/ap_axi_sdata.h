// The part of AMD's ap_axi_sdata.h that a portable AXI4-Stream wrapper may use, for compilers that are not HLS.
//
// Fields and template parameters are those of Vitis HLS 2021.2 and later. Two things are stricter, to show with g++ what
// would only show in hardware:
//   - a side channel of width 0 (user, id, dest) has a type that takes no value: up to Vitis HLS 2021.1 it was an
//     ap_uint<1>, in Vivado HLS there was no such field;
//   - a packet begins with a wrong value in every field: all ones in data, no byte kept, TLAST set.
// The accessors of newer releases (get_data, keep_all, ...) are left out, since 2019.2 has none.
#ifndef AP_AXI_SDATA_H
#define AP_AXI_SDATA_H

#include <cstddef>
#include <cstdint>

#include "ap_int.h"

#define AXIS_ENABLE_DATA 0x01
#define AXIS_ENABLE_DEST 0x02
#define AXIS_ENABLE_ID 0x04
#define AXIS_ENABLE_KEEP 0x08
#define AXIS_ENABLE_LAST 0x10
#define AXIS_ENABLE_STRB 0x20
#define AXIS_ENABLE_USER 0x40

namespace hls {

struct axis_disabled_signal {};

// A signal of W bits, or none. `wrong` is what it holds before it is assigned.
template <int W, bool PRESENT = (W > 0)> struct axis_signal {
    typedef ap_uint<W> type;
    static type wrong(bool ones) {
        type value = 0;
        if (ones)
            value = ~value;
        return value;
    }
};
template <int W> struct axis_signal<W, false> {
    typedef axis_disabled_signal type;
    static type wrong(bool) { return type(); }
};

template <class T, std::size_t WUser, std::size_t WId, std::size_t WDest, uint8_t Enable, bool Strict> struct axis {
    static const int bytes = (T::width + 7) / 8;
    typedef axis_signal<bytes, (Enable & AXIS_ENABLE_KEEP) != 0> keep_signal;
    typedef axis_signal<bytes, (Enable & AXIS_ENABLE_STRB) != 0> strb_signal;
    typedef axis_signal<1, (Enable & AXIS_ENABLE_LAST) != 0> last_signal;
    typedef axis_signal<WUser> user_signal;
    typedef axis_signal<WId> id_signal;
    typedef axis_signal<WDest> dest_signal;

    T data;
    typename keep_signal::type keep;
    typename strb_signal::type strb;
    typename user_signal::type user;
    typename last_signal::type last;
    typename id_signal::type id;
    typename dest_signal::type dest;

    axis()
        : data(-1), keep(keep_signal::wrong(false)), strb(strb_signal::wrong(false)), user(user_signal::wrong(true)),
          last(last_signal::wrong(true)), id(id_signal::wrong(true)), dest(dest_signal::wrong(true)) {}
};

} // namespace hls

template <std::size_t WData, std::size_t WUser, std::size_t WId, std::size_t WDest,
          uint8_t Enable = (AXIS_ENABLE_KEEP | AXIS_ENABLE_LAST | AXIS_ENABLE_STRB), bool Strict = false>
using ap_axis = hls::axis<ap_int<WData>, WUser, WId, WDest, Enable, Strict>;

template <std::size_t WData, std::size_t WUser, std::size_t WId, std::size_t WDest,
          uint8_t Enable = (AXIS_ENABLE_KEEP | AXIS_ENABLE_LAST | AXIS_ENABLE_STRB), bool Strict = false>
using ap_axiu = hls::axis<ap_uint<WData>, WUser, WId, WDest, Enable, Strict>;

#endif
