# The products, under fixed names in the current folder.

proc soc::products_export {} {
    set run [get_property DIRECTORY [get_runs impl_1]]
    file copy -force $run/soc_wrapper.bit soc.bit
    # <project>.gen from 2020.2 on, <project>.srcs before.
    set found [glob -nocomplain project/soc.{gen,srcs}/sources_1/bd/soc/hw_handoff/soc.hwh]
    if {[llength $found] == 0} { error "Vivado wrote no soc.hwh below [file normalize project]" }
    file copy -force [lindex $found 0] soc.hwh
    write_hw_platform -fixed -include_bit -force -file soc.xsa
    ps_export
    facts_write facts.txt
}

# What only the finished run knows, one `name value` per line, for build.json.
proc soc::facts_write {path} {
    set run [get_runs impl_1]
    set file [open $path w]
    puts $file "vivado [version -short]"
    foreach property {WNS TNS WHS THS} { puts $file "$property [get_property STATS.$property $run]" }
    puts $file "clock_hz [get_property CONFIG.FREQ_HZ [pin [ps_clock]]]"
    # Not worth an hour of building: the block design may not answer while the implemented one is open.
    catch {
        foreach cell [lsort [get_bd_cells]] { puts $file "vlnv[string map {/ .} $cell] [get_property VLNV $cell]" }
    }
    close $file
}
