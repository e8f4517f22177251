# Builds the design that settings.tcl describes: soc.bit, soc.hwh and soc.xsa in the current folder.
#
#     vivado -mode batch -source build.tcl          (Vivado 2019.2 and later; Tcl 8.5 level only)
#
# The hardware is decided here and nowhere else: drivers, C headers and the virtual board read it back from soc.hwh.
# Every file sourced is ordinary Tcl; settings.tcl holds all that differs from one accelerator or board to the next.

namespace eval soc {
    variable folder [file dirname [file normalize [info script]]]
    variable settings
    # "2023.2_AR12345" counts as 2023.2
    variable release [regexp -inline {^\d+\.\d+} [version -short]]
}
source $soc::folder/settings.tcl
foreach file [lsort [glob $soc::folder/steps/*.tcl]] { source $file }
source $soc::folder/families/[dict get $soc::settings family].tcl
# Procs whose Vivado commands changed: the newest file that is not newer than this Vivado wins.
foreach file [lsort -dictionary [glob -nocomplain $soc::folder/since/*.tcl]] {
    if {[package vcompare [file rootname [file tail $file]] $soc::release] <= 0} { source $file }
}

proc soc::build {} {
    project_create
    ps_create
    reset_create
    ps_surround
    dma_create
    [setting core]_create
    identity_create
    connect_control {dma/S_AXI_LITE identity/S_AXI}
    connect_memory {dma/M_AXI_MM2S dma/M_AXI_S2MM}
    address_assign
    constraints_write
    design_validate
    implementation_run
    implementation_check
    products_export
}

if {[catch { soc::build } message]} {
    puts "ERROR: \[soc\] $message"
    exit 1
}
puts "soc: done"
