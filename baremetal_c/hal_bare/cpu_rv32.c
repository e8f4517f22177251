/* MicroBlaze V without a data cache, with an AXI timer (PG079). */
#include "accelerator.h"
#include "cpu.h"
#include "hal.h"
#include <registers.h>

#define TIMER_CONTROL 0x0U
#define TIMER_LOAD 0x4U
#define TIMER_COUNTER 0x8U

#define AUTO_RELOAD 0x10U
#define LOAD 0x20U
#define ENABLE 0x80U

void hal_flush(const void *buffer, size_t size)
{
    (void)buffer;
    (void)size;
    __asm__ volatile("fence rw, rw" : : : "memory");
}

void hal_invalidate(void *buffer, size_t size)
{
    hal_flush(buffer, size);
}

void timer_init(void)
{
    register_write(ACCELERATOR_TIMER_BASE, TIMER_LOAD, 0);
    register_write(ACCELERATOR_TIMER_BASE, TIMER_CONTROL, LOAD);
    register_write(ACCELERATOR_TIMER_BASE, TIMER_CONTROL, AUTO_RELOAD | ENABLE);
}

uint64_t hal_ticks(void)
{
    /* 32 bits last 42 s at 100 MHz; everything that waits looks far more often. */
    static uint32_t before, rounds;
    uint32_t now = register_read(ACCELERATOR_TIMER_BASE, TIMER_COUNTER);
    if (now < before) {
        rounds++;
    }
    before = now;
    return (uint64_t)rounds << 32 | now;
}

uint32_t hal_ticks_per_second(void)
{
    return ACCELERATOR_TIMER_HZ;
}

const char *cpu_exception(uint32_t kind)
{
    /* mcause (privileged architecture, 3.1.15). */
    static const char *const NAMES[] = {
        "misaligned instruction address", "instruction access fault", "illegal instruction",
        "breakpoint", "misaligned load", "load access fault", "misaligned store",
        "store access fault",
    };
    return kind < sizeof NAMES / sizeof NAMES[0] ? NAMES[kind] : "unexpected";
}
