# MicroBlaze V in a part without a processing system. Its debug module shows as `Hart #0` once the
# fabric is configured, not as a MicroBlaze.

proc soc::check {} {
    server
    target "xc*"
}

proc soc::load {} {
    server
    target "xc*"
    fabric
    after 3000

    target "*Hart*#0"
    loadhw -hw [setting xsa] -regs
    rst -system
    after 3000
    target "*Hart*#0"
    program
    identity
    con
}
