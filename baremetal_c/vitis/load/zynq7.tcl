# Zynq-7000: the order of the scripts that Vitis writes for a debug session (2022.1).

proc soc::check {} {
    server
    target "APU*"
}

proc soc::load {} {
    server
    # A reset of the whole system also clears the fabric: it comes first.
    target "APU*"
    rst -system
    after 3000
    target "xc7z*"
    fabric

    target "APU*"
    loadhw -hw [setting xsa] -mem-ranges [list {0x40000000 0xbfffffff}] -regs
    configparams force-mem-access 1
    ps_source
    # Clocks, DDR, pins; then level shifters on and the fabric out of reset.
    ps7_init
    ps7_post_config
    identity

    target "*A9*#0"
    program
    configparams force-mem-access 0
    con
}
