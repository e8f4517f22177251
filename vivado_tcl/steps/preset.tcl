# Presets of processing systems: all user parameters of a vendor's board file.

# A preset goes in at once: many of its parameters exist only together. Vivado recomputes some of them.
proc soc::preset_apply {name} {
    set different [apply $name [setting preset]]
    if {[llength $different]} { puts "soc: the preset reads back differently: [join $different {; }]" }
}
