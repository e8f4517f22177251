# Zynq UltraScale+ (UG1085, PG201): processing system, its clock, its control port and its memory port. The procs are
# those that zynq7.tcl lists.
#
# The IP numbers its ports otherwise than it names them: port, number, clock pin. S_AXI_HP0_FPD is switched on by
# PSU__USE__S_AXI_GP2; a PSU__USE__S_AXI_HP0_FPD does not exist.
namespace eval soc {
    variable control_ports {
        M_AXI_HPM0_FPD {GP0 maxihpm0_fpd_aclk 0xA0000000}
        M_AXI_HPM1_FPD {GP1 maxihpm1_fpd_aclk 0xB0000000}
        M_AXI_HPM0_LPD {GP2 maxihpm0_lpd_aclk 0x80000000}
    }
    variable memory_ports {
        S_AXI_HPC0_FPD {GP0 saxihpc0_fpd_aclk HPC0}
        S_AXI_HPC1_FPD {GP1 saxihpc1_fpd_aclk HPC1}
        S_AXI_HP0_FPD  {GP2 saxihp0_fpd_aclk HP0}
        S_AXI_HP1_FPD  {GP3 saxihp1_fpd_aclk HP1}
        S_AXI_HP2_FPD  {GP4 saxihp2_fpd_aclk HP2}
        S_AXI_HP3_FPD  {GP5 saxihp3_fpd_aclk HP3}
    }
}

# What the tables say about a port of this design.
proc soc::ps_port {which} {
    variable ${which}_ports
    set port [setting ${which}_port]
    if {![dict exists [set ${which}_ports] $port]} { error "Zynq UltraScale+ has no $which port $port" }
    return [dict get [set ${which}_ports] $port]
}

proc soc::ps_create {} {
    variable control_ports
    variable memory_ports
    lassign [ps_port control] control control_clock
    lassign [ps_port memory] memory memory_clock

    create_cell xilinx.com:ip:zynq_ultra_ps_e ps
    preset_apply ps
    # The boards' presets leave M_AXI_HPM1_FPD on, the IP's own default M_AXI_HPM0_LPD: each would need a clock.
    foreach {port facts} $control_ports {
        lappend ports PSU__USE__M_AXI_[lindex $facts 0] [string equal $port [setting control_port]]
    }
    foreach {port facts} $memory_ports {
        lappend ports PSU__USE__S_AXI_[lindex $facts 0] [string equal $port [setting memory_port]]
    }
    configure ps $ports
    configure ps [list \
        PSU__SAXI${memory}__DATA_WIDTH [setting memory_bits] \
        PSU__FPGA_PL0_ENABLE 1 PSU__USE__FABRIC__RST 1 \
        PSU__CRL_APB__PL0_REF_CTRL__FREQMHZ [setting clock_mhz]]
    net [ps_clock] ps/$control_clock ps/$memory_clock
}

proc soc::ps_clock {} { return ps/pl_clk0 }
proc soc::ps_reset {} { return ps/pl_resetn0 }
proc soc::ps_surround {} {}

proc soc::ps_control {} { return ps/[setting control_port] }
proc soc::ps_control_space {} { return ps/Data }
# The windows below 4 GiB (UG1085, address map), 256 MiB each, 512 MiB on the LPD.
proc soc::ps_control_base {} { return [lindex [ps_port control] 2] }
proc soc::ps_slaves {} { return {} }

proc soc::ps_memory {} { return ps/[setting memory_port] }
proc soc::ps_memory_shared {} { return 0 }
# The memory map is called SAXIGP2 where the port is S_AXI_HP0_FPD, its segments HP0_...
proc soc::ps_memory_segment {name} {
    lassign [ps_port memory] number clock prefix
    return ps/SAXI$number/${prefix}_$name
}
# The first 2 GiB of DDR lie at 0, the rest from 0x8_0000_0000 on (UG1085).
proc soc::ps_memory_map {} {
    set map {}
    foreach {offset range} [setting memory_ranges] {
        lappend map [ps_memory_segment [expr {$offset < 0x800000000 ? "DDR_LOW" : "DDR_HIGH"}]] $offset $range
    }
    return $map
}
# Flash, on-chip memory, PCIe, and what of the DDR the board file does not name.
proc soc::ps_memory_excluded {} {
    set mapped {}
    foreach {segment offset range} [ps_memory_map] { lappend mapped $segment }
    set excluded {}
    foreach path [get_bd_addr_segs -quiet [ps_memory_segment *]] {
        if {[string trimleft $path /] ni $mapped} { lappend excluded $path }
    }
    return $excluded
}

proc soc::ps_address {} {}
proc soc::ps_check {} {}
proc soc::ps_export {} {}
