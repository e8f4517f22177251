/* Cortex-A9 from reset or boot loader to main(): one core, MMU, L1 caches, branch prediction, VFP.
 *
 * The outer cache (PL310) is switched off after it has written back, so that the processor's own
 * cache instructions are all that a DMA buffer needs. ARM DDI 0406, DDI 0388 and DDI 0246. */
#include "accelerator.h"

    .syntax unified
    .arm
    .arch_extension sec
    .fpu vfpv3

    .file "start_a9.S"   @ GCC would name a random temporary file in the ELF
    .section .start, "ax"
    .global _start
_start:
    b       reset
    b       undefined
    b       supervisor
    b       prefetch_abort
    b       data_abort
    b       unexpected
    b       unexpected
    b       unexpected

reset:
    cpsid   if
    mrc     p15, 0, r0, c0, c0, 5           @ MPIDR: the other core waits for ever
    tst     r0, #3
park:
    wfene
    bne     park

    ldr     r0, =_start
    mcr     p15, 0, r0, c12, c0, 0          @ VBAR
    mrc     p15, 0, r0, c1, c0, 0           @ SCTLR: MMU, caches and high vectors off
    ldr     r1, =0x3805
    bic     r0, r0, r1
    mcr     p15, 0, r0, c1, c0, 0
    isb

    ldr     r1, =ACCELERATOR_L2_BASE
    ldr     r0, [r1, #0x100]
    tst     r0, #1
    beq     outer_is_off
    ldr     r0, =0xFFFF
    str     r0, [r1, #0x7FC]                @ clean and invalidate by way
    ldr     r2, =0x1000000                  @ looks, a second or more: no wait without an end
outer_busy:
    ldr     r0, [r1, #0x7FC]
    cmp     r0, #0
    subsne  r2, r2, #1
    bne     outer_busy
    mov     r0, #0
    str     r0, [r1, #0x730]                @ sync
    str     r0, [r1, #0x100]
    dsb
outer_is_off:

    mov     r0, #0
    mcr     p15, 0, r0, c8, c7, 0           @ TLBs
    mcr     p15, 0, r0, c7, c5, 0           @ instruction cache
    mcr     p15, 0, r0, c7, c5, 6           @ branch predictor
    mcr     p15, 2, r0, c0, c0, 0           @ CSSELR: L1 data, undefined after reset: 4 ways,
    isb                                     @ lines of 32 bytes, 256 sets at most
    mrc     p15, 1, r1, c0, c0, 0           @ CCSIDR
    ubfx    r1, r1, #13, #15                @ sets - 1
next_set:
    mov     r2, #3
next_way:
    lsl     r3, r2, #30
    orr     r3, r3, r1, lsl #5
    mcr     p15, 0, r3, c7, c6, 2           @ DCISW
    subs    r2, r2, #1
    bpl     next_way
    subs    r1, r1, #1
    bpl     next_set
    dsb

    /* Flat map in sections of 1 MiB: memory write-back and not shared, the rest device. */
    ldr     r0, =translation
    ldr     r1, =0x00001C0E
    ldr     r2, =0x00000C16                 @ never executed
    mov     r3, #0
    ldr     r5, =(ACCELERATOR_RAM_HIGH >> 20)
map:
    cmp     r3, r5
    orrlo   r4, r1, r3, lsl #20
    orrhs   r4, r2, r3, lsl #20
    str     r4, [r0, r3, lsl #2]
    add     r3, r3, #1
    cmp     r3, #0x1000
    blo     map
    dsb
    mcr     p15, 0, r0, c2, c0, 0           @ TTBR0
    mov     r0, #0
    mcr     p15, 0, r0, c2, c0, 2           @ TTBCR: TTBR0 alone
    mov     r0, #1
    mcr     p15, 0, r0, c3, c0, 0           @ DACR: domain 0 is checked
    isb
    mrc     p15, 0, r0, c1, c0, 0
    ldr     r1, =0x1805                     @ I, Z, C, M
    orr     r0, r0, r1
    mcr     p15, 0, r0, c1, c0, 0
    dsb
    isb

    mrc     p15, 0, r0, c1, c0, 2           @ CPACR: VFP and NEON
    orr     r0, r0, #(0xF << 20)
    mcr     p15, 0, r0, c1, c0, 2
    isb
    vmrs    r0, fpexc
    orr     r0, r0, #(1 << 30)
    vmsr    fpexc, r0

    ldr     sp, =stack_top
    ldr     r0, =clear_begin
    ldr     r1, =clear_end
    mov     r2, #0
clear:
    cmp     r0, r1
    strlo   r2, [r0], #4
    blo     clear
    cpsie   a                               @ a bus error of the fabric is an exception
    bl      main
stop:
    wfi
    b       stop

undefined:
    mov     r0, #1
    sub     r1, lr, #4
    b       fault
supervisor:
    mov     r0, #2
    sub     r1, lr, #4
    b       fault
prefetch_abort:
    mov     r0, #3
    sub     r1, lr, #4
    b       fault
data_abort:
    mov     r0, #4
    sub     r1, lr, #8
    b       fault
unexpected:
    mov     r0, #5
    mov     r1, lr
fault:
    mrc     p15, 0, r2, c6, c0, 0           @ DFAR
    ldr     sp, =stack_top
    b       cpu_fault
    .ltorg

    .section .bss.translation, "aw", %nobits
    .balign 16384
translation:
    .space 16384
