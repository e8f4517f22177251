# The project: part, sources, IP repository, an empty block design called soc.

proc soc::project_create {} {
    variable folder
    create_project soc project -part [setting part] -force
    # Critical warnings that leave a design which builds and does not work.
    foreach {id what} {
        {BD 41-1276} "a parameter that does not exist"
        {BD 41-759}  "an input without a driver"
        {BD 41-967}  "an AXI interface without a clock"
        {BD 41-1356} "a slave without an address"
    } { set_msg_config -id $id -new_severity ERROR }
    if {[setting board_part] ne ""} { project_board [setting board_part] }
    add_files -norecurse [glob $folder/rtl/*.v]
    update_compile_order -fileset sources_1 ;# a module reference needs its source in the hierarchy
    if {[setting ip_repository] ne ""} {
        set_property ip_repo_paths [file normalize [setting ip_repository]] [current_project]
        update_ip_catalog -rebuild
    }
    create_bd_design soc
}

# The newest installed revision of a board, if any: the presets are in settings.tcl, a build never needs it.
proc soc::project_board {board} {
    set found [get_board_parts -quiet ${board}:*]
    if {[llength $found]} {
        set_property board_part [lindex [lsort -dictionary $found] end] [current_project]
    } else {
        puts "soc: board files of $board are not installed (not needed)"
    }
}
