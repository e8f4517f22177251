# What all families need: hw_server, targets, the fabric, the program.

proc soc::setting {name} {
    variable settings
    return [dict get $settings $name]
}

proc soc::server {} {
    if {[setting url] eq ""} { connect } else { connect -url [setting url] }
}

# Numbers of targets change from run to run (UG1400): they are chosen by name.
proc soc::target {name} {
    set filter "name =~ \"$name\""
    if {[setting cable] ne ""} { append filter " && jtag_cable_name =~ \"*[setting cable]*\"" }
    targets -set -nocase -filter $filter
}

proc soc::fabric {} {
    puts "soc: configuring the fabric"
    fpga -file [setting bit]
}

# ps7_init.tcl, psu_init.tcl: procs and variables are global.
proc soc::ps_source {} {
    uplevel #0 [list source [setting ps_init]]
}

# Two constant channels of an AXI GPIO (PG144, DATA and DATA2): which design is loaded, and whether
# the processor reaches it.
proc soc::identity {} {
    set base [setting identity_base]
    set low [mrd -force -value $base]
    set high [mrd -force -value [format 0x%08X [expr {$base + 8}]]]
    set found [format 0x%08x%08x $high $low]
    if {$found ne [setting design_id]} { error "the fabric holds design $found, not [setting design_id]" }
    puts "soc: the fabric holds design $found"
}

proc soc::program {} {
    puts "soc: loading the program"
    dow [setting elf]
}
