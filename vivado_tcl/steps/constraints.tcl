# Pins: the ports of the design against the pins of the board file, and an XDC (UG903) from both.

proc soc::constraints_write {} {
    set pins [setting pins]
    set ports [ports_outside]
    # Without PACKAGE_PIN and IOSTANDARD write_bitstream fails an hour later (DRC NSTD-1, UCIO-1).
    foreach port [lsort $ports] {
        if {![dict exists $pins $port]} { error "port $port has no pin in the board file" }
    }
    set lines {}
    foreach name [lsort [dict keys $pins]] {
        if {$name ni $ports} { error "pin $name of the board file belongs to no port: there is [lsort $ports]" }
        set lines [concat $lines [pin_constraints $name [dict get $pins $name]]]
    }
    if {[llength $lines] == 0} { return }
    set file [open pins.xdc w]
    puts $file [join $lines \n]
    close $file
    add_files -fileset constrs_1 -norecurse [file normalize pins.xdc]
}

# The ports that need a pin. Those of an interface (DDR, FIXED_IO) are dedicated pins of the processing system.
proc soc::ports_outside {} {
    set dedicated {}
    foreach bus [get_bd_intf_ports -quiet] { lappend dedicated [string trimleft [get_property NAME $bus] /]_* }
    set ports {}
    foreach port [get_bd_ports -quiet] {
        set name [string trimleft [get_property NAME $port] /]
        set inside 0
        foreach pattern $dedicated { if {[string match $pattern $name]} { set inside 1 } }
        if {!$inside} { lappend ports $name }
    }
    return $ports
}

# The lines for one pin. No create_clock for an oscillator: clk_wiz brings its own, and a second one on the same port is
# a critical warning (Constraints 18-1056) that renames the clock.
proc soc::pin_constraints {name facts} {
    set lines {}
    foreach property {PACKAGE_PIN IOSTANDARD} {
        lappend lines "set_property $property [dict get $facts $property] \[get_ports {$name}\]"
    }
    return $lines
}
