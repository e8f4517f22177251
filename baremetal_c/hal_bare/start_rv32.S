/* MicroBlaze V from reset, in machine mode, to main(). Local memory; no cache, no MMU. */
    .option arch, +zicsr

    .file "start_rv32.S"   # GCC would name a random temporary file in the ELF
    .section .start, "ax"
    .global _start
_start:
    la      t0, fault
    csrw    mtvec, t0
    csrw    mie, zero
    la      sp, stack_top
    la      t0, clear_begin
    la      t1, clear_end
clear:
    bgeu    t0, t1, cleared
    sw      zero, 0(t0)
    addi    t0, t0, 4
    j       clear
cleared:
    call    main
stop:
    j       stop

    .balign 4
fault:
    csrr    a0, mcause
    csrr    a1, mepc
    csrr    a2, mtval
    la      sp, stack_top
    j       cpu_fault
