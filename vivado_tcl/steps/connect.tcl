# Memory-mapped connections, each through a SmartConnect on the one clock.

proc soc::smartconnect_create {name slaves masters} {
    create_cell xilinx.com:ip:smartconnect $name
    configure $name [list NUM_SI $slaves NUM_MI $masters NUM_CLKS 1]
    net [ps_clock] $name/aclk
    net reset/interconnect_aresetn $name/aresetn
}

# From the processor to the registers of the fabric, and to a memory that is there too.
proc soc::connect_control {slaves} {
    foreach {interface segment offset range} [ps_slaves] { lappend slaves $interface }
    smartconnect_create control 1 [expr {[llength $slaves] + [ps_memory_shared]}]
    attach [ps_control] control/S00_AXI
    set i 0
    foreach slave $slaves {
        attach control/[format M%02d_AXI $i] $slave
        incr i
    }
}

# From the fabric to the memory of the processor.
proc soc::connect_memory {masters} {
    if {[ps_memory_shared]} {
        set last [expr {[get_property CONFIG.NUM_MI [cell control]] - 1}]
        lappend masters control/[format M%02d_AXI $last]
    }
    smartconnect_create memory [llength $masters] 1
    set i 0
    foreach master $masters {
        attach $master memory/[format S%02d_AXI $i]
        incr i
    }
    attach memory/M00_AXI [ps_memory]
}
