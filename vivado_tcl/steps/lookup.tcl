# Lookups and settings that fail loudly. Vivado's own get_bd_* only warn (BD 5-230, 5-232, 5-235) and return nothing, and
# set_property drops a parameter that does not exist with no more than a critical warning (BD 41-1276).

# One setting of settings.tcl.
proc soc::setting {name} {
    variable settings
    return [dict get $settings $name]
}

# The one object that `get_bd_<kind> path` finds.
proc soc::find {kind path} {
    set found [get_bd_$kind -quiet $path]
    if {[llength $found] != 1} {
        error "get_bd_$kind $path found [llength $found] objects, not one"
    }
    return $found
}

proc soc::cell {path} { return [find cells $path] }
# A name without a cell is a port of the design.
proc soc::pin {path} { return [find [expr {[string first / $path] < 0 ? "ports" : "pins"}] $path] }
proc soc::interface {path} { return [find intf_pins $path] }

# A cell of an IP, in the newest version that this Vivado has.
proc soc::create_cell {vlnv name} {
    set cell [create_bd_cell -type ip -vlnv $vlnv $name]
    puts "soc: $name is [get_property VLNV $cell]"
    return $cell
}

# A number is compared as a number, all else without regard to case and blanks at the ends.
proc soc::normal {value} {
    set value [string tolower [string trim $value]]
    if {[string is wideinteger -strict $value]} { return [expr {wide($value)}] }
    if {[string is double -strict $value]} { return [expr {double($value)}] }
    return $value
}

proc soc::same {a b} {
    set a [normal $a]
    set b [normal $b]
    if {[string is double -strict $a] && [string is double -strict $b]} { return [expr {$a == $b}] }
    return [string equal $a $b]
}

# Sets parameters (name value ...) of a cell in one go and returns those that read back differently.
proc soc::apply {name parameters} {
    set object [cell $name]
    set pairs {}
    foreach {parameter value} $parameters {
        if {[llength [list_property $object CONFIG.$parameter]] != 1} {
            error "$name has no parameter $parameter ([get_property VLNV $object])"
        }
        lappend pairs CONFIG.$parameter $value
    }
    set_property -dict $pairs $object
    set different {}
    foreach {parameter value} $parameters {
        set is [get_property CONFIG.$parameter $object]
        if {![same $is $value]} { lappend different "$parameter is $is, not $value" }
    }
    return $different
}

# The same, where every value has to stick.
proc soc::configure {name parameters} {
    set different [apply $name $parameters]
    if {[llength $different]} { error "$name: [join $different {; }]" }
}

# One net from a driver to its loads.
proc soc::net {driver args} {
    set pins [list [pin $driver]]
    foreach load $args { lappend pins [pin $load] }
    connect_bd_net {*}$pins
}

# One interface connection, master first.
proc soc::attach {master slave} {
    connect_bd_intf_net [interface $master] [interface $slave]
}

# Two pins must share a net.
proc soc::same_net {driver load} {
    set net [get_bd_nets -quiet -of_objects [pin $load]]
    if {$net eq "" || $net ne [get_bd_nets -quiet -of_objects [pin $driver]]} {
        error "$load is not driven by $driver: see docs/hardware.md"
    }
}
