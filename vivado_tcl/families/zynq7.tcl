# Zynq-7000 (UG585): processing system, its clock, its control port and its memory port.
#
# Every family has the same procs:
#
#   ps_create            the processor, its clock and reset, its ports to the outside
#   ps_clock, ps_reset   the pins of the one clock and of the reset that comes with it
#   ps_surround          what stands around the processor and needs `reset`: memories and peripherals in the fabric
#   ps_control           the interface from processor to registers; ps_control_space, its address space;
#                        ps_control_base, the lowest address that leaves through it
#   ps_slaves            the family's own registers behind it: interface, segment, offset above that base, range, ...
#   ps_memory            the interface from fabric to memory; ps_memory_shared, whether the processor itself needs it
#   ps_memory_map        its segments: segment, offset, range, ...; ps_memory_excluded, those that no sample may lie in
#   ps_address           addresses of what only the processor sees
#   ps_check             what must have survived of the family's own wiring
#   ps_export            products of this family only

proc soc::ps_create {} {
    set control [setting control_port]
    set memory [setting memory_port]
    if {![regexp {^M_AXI_GP[01]$} $control]} { error "Zynq-7000 has no control port $control" }
    if {![regexp {^S_AXI_HP[0-3]$} $memory]} { error "Zynq-7000 has no memory port $memory" }

    create_cell xilinx.com:ip:processing_system7 ps
    preset_apply ps
    # A port that is open and not used would need a clock.
    foreach port {M_AXI_GP0 M_AXI_GP1 S_AXI_HP0 S_AXI_HP1 S_AXI_HP2 S_AXI_HP3} {
        lappend ports PCW_USE_$port [expr {$port in [list $control $memory]}]
    }
    configure ps $ports
    configure ps [list \
        PCW_${memory}_DATA_WIDTH [setting memory_bits] \
        PCW_FPGA0_PERIPHERAL_FREQMHZ [setting clock_mhz] \
        PCW_EN_CLK0_PORT 1 PCW_EN_RST0_PORT 1]
    net [ps_clock] ps/${control}_ACLK ps/${memory}_ACLK
    foreach {port vlnv} {
        DDR xilinx.com:interface:ddrx_rtl:1.0
        FIXED_IO xilinx.com:display_processing_system7:fixedio_rtl:1.0
    } {
        connect_bd_intf_net [interface ps/$port] [create_bd_intf_port -mode Master -vlnv $vlnv $port]
    }
}

proc soc::ps_clock {} { return ps/FCLK_CLK0 }
proc soc::ps_reset {} { return ps/FCLK_RESET0_N }
proc soc::ps_surround {} {}

proc soc::ps_control {} { return ps/[setting control_port] }
proc soc::ps_control_space {} { return ps/Data }
# GP0 reaches 0x4000_0000 to 0x7FFF_FFFF, GP1 0x8000_0000 to 0xBFFF_FFFF (UG585, address map).
proc soc::ps_control_base {} {
    return [dict get {M_AXI_GP0 0x40000000 M_AXI_GP1 0x80000000} [setting control_port]]
}
proc soc::ps_slaves {} { return {} }

proc soc::ps_memory {} { return ps/[setting memory_port] }
proc soc::ps_memory_shared {} { return 0 }
# Segments are named after the port without its prefix: HP0_DDR_LOWOCM.
proc soc::ps_memory_segment {name} {
    set port [setting memory_port]
    return ps/$port/[string range $port 6 end]_$name
}
proc soc::ps_memory_map {} {
    set map {}
    foreach {offset range} [setting memory_ranges] { lappend map [ps_memory_segment DDR_LOWOCM] $offset $range }
    return $map
}
proc soc::ps_memory_excluded {} {
    return [list [ps_memory_segment LOW_OCM] [ps_memory_segment HIGH_OCM]]
}

proc soc::ps_address {} {}
proc soc::ps_check {} {}
proc soc::ps_export {} {}
