# Over JTAG (UG1725): looks for a board, or loads it with hardware and program.
#
#   xsdb load.tcl check SETTINGS
#   xsdb load.tcl load SETTINGS
#
# The start-up orders are in one file a family; each has `check` and `load`.
namespace eval soc {}
set here [file dirname [file normalize [info script]]]
set what [lindex $argv 0]
source [lindex $argv 1]
source [file join $here jtag.tcl]
source [file join $here [soc::setting family].tcl]

set failed [catch { soc::$what } message]
catch { disconnect }
if {$failed} {
    puts "ERROR: \[soc\] [regsub -all {\s+} [string trim $message] { }]"
    exit 1
}
puts "soc: $what done"
exit 0
