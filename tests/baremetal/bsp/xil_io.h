#ifndef XIL_IO_H
#define XIL_IO_H

#include "xil_types.h"
#include <registers.h>

static inline u32 Xil_In32(UINTPTR Addr)
{
    return register_read((uint32_t)Addr & ~0xFFFU, (uint32_t)Addr & 0xFFFU);
}

static inline void Xil_Out32(UINTPTR Addr, u32 Value)
{
    register_write((uint32_t)Addr & ~0xFFFU, (uint32_t)Addr & 0xFFFU, Value);
}

#endif
