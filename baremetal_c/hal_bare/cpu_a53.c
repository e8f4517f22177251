/* Cortex-A53 of Zynq UltraScale+ at EL3: data cache by address, generic timer (UG1085). */
#include "accelerator.h"
#include "cpu.h"
#include "hal.h"
#include <registers.h>

#define LINE 64U

/* IOU_SCNTRS: the system counter behind the generic timer. */
#define COUNTER_CONTROL 0x0U

void hal_flush(const void *buffer, size_t size)
{
    uintptr_t end = (uintptr_t)buffer + size;
    for (uintptr_t at = (uintptr_t)buffer & ~(uintptr_t)(LINE - 1); at < end; at += LINE) {
        __asm__ volatile("dc civac, %0" : : "r"(at) : "memory");
    }
    __asm__ volatile("dsb sy" : : : "memory");
}

void hal_invalidate(void *buffer, size_t size)
{
    uintptr_t end = (uintptr_t)buffer + size;
    for (uintptr_t at = (uintptr_t)buffer & ~(uintptr_t)(LINE - 1); at < end; at += LINE) {
        __asm__ volatile("dc ivac, %0" : : "r"(at) : "memory");
    }
    __asm__ volatile("dsb sy" : : : "memory");
}

void timer_init(void)
{
    register_write(ACCELERATOR_TIMER_BASE, COUNTER_CONTROL, 1);
    uint64_t hertz = ACCELERATOR_TIMER_HZ;
    __asm__ volatile("msr cntfrq_el0, %0" : : "r"(hertz));
}

uint64_t hal_ticks(void)
{
    uint64_t now;
    __asm__ volatile("isb\n\tmrs %0, cntpct_el0" : "=r"(now) : : "memory");
    return now;
}

uint32_t hal_ticks_per_second(void)
{
    return ACCELERATOR_TIMER_HZ;
}

const char *cpu_exception(uint32_t kind)
{
    /* ESR_EL3.EC (DDI 0487, D13.2.37). */
    switch (kind) {
    case 0x00: return "undefined instruction";
    case 0x17: return "secure monitor call";
    case 0x21: return "instruction abort";
    case 0x25: return "data abort";
    case 0x26: return "misaligned stack";
    case 0x2F: return "SError";
    default: return "unexpected";
    }
}
