# Zynq UltraScale+ without a boot loader: psu_init does its work. PMU and R5 stay as they are.

proc soc::check {} {
    server
    target PSU
}

proc soc::load {} {
    server
    # Boot mode JTAG whatever the board's switches say, from the next reset on (UG1085): no multiboot
    # offset, BOOT_MODE_USER overrides.
    target PSU
    mwr 0xffca0010 0x0
    mwr 0xff5e0200 0x0100
    rst -system
    after 3000

    target PSU
    fabric
    configparams force-mem-access 1
    ps_source
    psu_init
    after 500
    psu_post_config
    after 500
    # Only now: the fabric is isolated until it is configured. Public scripts do these two in either
    # order; a pulse on the reset gets through once the isolation is off.
    psu_ps_pl_isolation_removal
    after 1000
    psu_ps_pl_reset_config
    after 500
    catch { psu_protection }

    # Cortex-A53 #0 comes out of reset, 64 bits wide, into a loop at its reset vector: `b .`
    mwr 0xffff0000 0x14000000
    mwr 0xfd1a0104 0x380e
    target "*A53*#0"
    loadhw -hw [setting xsa] \
        -mem-ranges [list {0x80000000 0xbfffffff} {0x400000000 0x5ffffffff} {0x1000000000 0x7fffffffff}] -regs
    identity
    program
    configparams force-mem-access 0
    con
}
