/* Between the parts of hal_bare. */
#ifndef CPU_H
#define CPU_H

#include <stdint.h>

/* Bring up the UART (uart_cadence.c or uart_lite.c) and the timer (cpu_*.c). */
void uart_init(void);
void timer_init(void);

/* What the processor's manual calls an exception. */
const char *cpu_exception(uint32_t kind);

/* Say on the terminal that an instruction failed, and stop. Called by the start-up code. */
_Noreturn void cpu_fault(uint32_t kind, uintptr_t pc, uintptr_t address);

#endif
