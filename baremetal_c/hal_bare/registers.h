/* Registers of peripherals: 32 bits, in device memory, in program order. */
#ifndef REGISTERS_H
#define REGISTERS_H

#include <stdint.h>

static inline uint32_t register_read(uint32_t base, uint32_t offset)
{
    return *(volatile uint32_t *)(uintptr_t)(base + offset);
}

static inline void register_write(uint32_t base, uint32_t offset, uint32_t value)
{
    *(volatile uint32_t *)(uintptr_t)(base + offset) = value;
}

#endif
