/* Cortex-A9 of Zynq-7000: data cache by address, global timer (UG585, ch. "Timers"). */
#include "accelerator.h"
#include "cpu.h"
#include "hal.h"
#include <registers.h>

#define LINE 32U

#define COUNTER_LOW 0x0U
#define COUNTER_HIGH 0x4U
#define TIMER_CONTROL 0x8U

void hal_flush(const void *buffer, size_t size)
{
    uintptr_t end = (uintptr_t)buffer + size;
    for (uintptr_t at = (uintptr_t)buffer & ~(uintptr_t)(LINE - 1); at < end; at += LINE) {
        __asm__ volatile("mcr p15, 0, %0, c7, c14, 1" : : "r"(at) : "memory"); /* DCCIMVAC */
    }
    __asm__ volatile("dsb" : : : "memory");
}

void hal_invalidate(void *buffer, size_t size)
{
    uintptr_t end = (uintptr_t)buffer + size;
    for (uintptr_t at = (uintptr_t)buffer & ~(uintptr_t)(LINE - 1); at < end; at += LINE) {
        __asm__ volatile("mcr p15, 0, %0, c7, c6, 1" : : "r"(at) : "memory"); /* DCIMVAC */
    }
    __asm__ volatile("dsb" : : : "memory");
}

void timer_init(void)
{
    register_write(ACCELERATOR_TIMER_BASE, TIMER_CONTROL, 1);
}

uint64_t hal_ticks(void)
{
    uint32_t high, low;
    do {
        high = register_read(ACCELERATOR_TIMER_BASE, COUNTER_HIGH);
        low = register_read(ACCELERATOR_TIMER_BASE, COUNTER_LOW);
    } while (high != register_read(ACCELERATOR_TIMER_BASE, COUNTER_HIGH));
    return (uint64_t)high << 32 | low;
}

uint32_t hal_ticks_per_second(void)
{
    return ACCELERATOR_TIMER_HZ;
}

const char *cpu_exception(uint32_t kind)
{
    /* As numbered in start_a9.S. */
    static const char *const NAMES[] = {"undefined instruction", "supervisor call",
                                        "prefetch abort", "data abort"};
    return kind >= 1 && kind <= 4 ? NAMES[kind - 1] : "unexpected";
}
