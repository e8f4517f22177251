/* Cortex-A53 at EL3, from boot loader or debugger to main(): one core, MMU, caches, FPU.
 *
 * ARM DDI 0487 and DDI 0500. */
#include "accelerator.h"

    .file "start_a53.S"   // GCC would name a random temporary file in the ELF
    .section .start, "ax"
    .global _start
_start:
    msr     daifset, #0xF
    mrs     x0, mpidr_el1                   // the other cores wait for ever
    and     x0, x0, #0xFF
    cbnz    x0, stop
    mrs     x0, CurrentEL
    cmp     x0, #0xC
    b.ne    stop                            // started by something that has taken EL3 away

    ldr     x0, =vectors
    msr     vbar_el3, x0
    mrs     x0, sctlr_el3                   // MMU and caches off
    mov     x1, #0x1005
    bic     x0, x0, x1
    msr     sctlr_el3, x0
    isb
    mrs     x0, S3_1_C15_C2_1               // CPUECTLR_EL1.SMPEN, before any cache is used
    orr     x0, x0, #0x40
    msr     S3_1_C15_C2_1, x0
    isb
    mrs     x0, scr_el3                     // a bus error of the fabric is an exception here
    orr     x0, x0, #0x8
    msr     scr_el3, x0
    msr     cptr_el3, xzr                   // FPU
    isb

    bl      invalidate_caches

    /* Flat map: blocks of 1 GiB from one table, those with memory by 2 MiB from another. */
    ldr     x1, =translation
    ldr     x3, =0x0060000000000441         // device, never executed
    mov     x4, #0
map_far:
    orr     x5, x3, x4, lsl #30
    str     x5, [x1, x4, lsl #3]
    add     x4, x4, #1
    cmp     x4, #512
    b.lo    map_far
    ldr     x2, =blocks
    orr     x5, x2, #3
    str     x5, [x1]
    add     x5, x2, #4096
    orr     x5, x5, #3
    str     x5, [x1, #8]
    ldr     x6, =(ACCELERATOR_RAM_HIGH >> 21)
    mov     x7, #0x745                      // memory: write-back, inner shareable
    mov     x4, #0
map_near:
    cmp     x4, x6
    csel    x5, x7, x3, lo
    orr     x5, x5, x4, lsl #21
    str     x5, [x2, x4, lsl #3]
    add     x4, x4, #1
    cmp     x4, #1024
    b.lo    map_near

    ldr     x0, =0xFF00                     // attribute 0: device nGnRnE, 1: memory
    msr     mair_el3, x0
    ldr     x0, =0x80823519                 // 39 bits, 4 KiB, write-back walks, 40 physical bits
    msr     tcr_el3, x0
    msr     ttbr0_el3, x1
    dsb     sy
    tlbi    alle3
    ic      iallu
    dsb     sy
    isb
    mrs     x0, sctlr_el3
    mov     x1, #0x1005
    orr     x0, x0, x1
    msr     sctlr_el3, x0
    isb

    ldr     x0, =stack_top
    mov     sp, x0
    ldr     x0, =clear_begin
    ldr     x1, =clear_end
clear:
    cmp     x0, x1
    b.hs    cleared
    str     xzr, [x0], #8
    b       clear
cleared:
    msr     daifclr, #4                     // SError
    bl      main
stop:
    wfi
    b       stop

/* A debugger may have loaded this program behind the caches' back. */
invalidate_caches:
    mov     x9, #0                          // level - 1, twice
next_level:
    msr     csselr_el1, x9
    isb
    mrs     x10, ccsidr_el1
    and     x11, x10, #7
    add     x11, x11, #4                    // log2 of the line
    ubfx    x12, x10, #3, #10               // ways - 1
    clz     w13, w12                        // where the way's bits begin
    ubfx    x14, x10, #13, #15              // sets - 1
next_set:
    mov     x15, x12
next_way:
    lsl     x16, x15, x13
    lsl     x17, x14, x11
    orr     x16, x16, x17
    orr     x16, x16, x9
    dc      cisw, x16
    subs    x15, x15, #1
    b.pl    next_way
    subs    x14, x14, #1
    b.pl    next_set
    add     x9, x9, #2
    cmp     x9, #4                          // L1 and L2
    b.lo    next_level
    dsb     sy
    ret

fault:
    mrs     x0, esr_el3
    lsr     x0, x0, #26
    mrs     x1, elr_el3
    mrs     x2, far_el3
    ldr     x3, =stack_top
    mov     sp, x3
    b       cpu_fault
    .ltorg

    .balign 2048
vectors:
    .rept   16
    .balign 128
    b       fault
    .endr

    .section .bss.translation, "aw", %nobits
    .balign 4096
translation:
    .space  4096
blocks:
    .space  8192
