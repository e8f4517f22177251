# Address maps. Each is given, none is left to Vivado's choice.

proc soc::address_assign {} {
    set slaves {dma/S_AXI_LITE dma/S_AXI_LITE/Reg 0x400000 0x10000 identity/S_AXI identity/S_AXI/Reg 0x1200000 0x10000}
    foreach {interface segment offset range} [concat $slaves [ps_slaves]] {
        map_segment [ps_control_space] $segment [format 0x%08X [expr {[ps_control_base] + $offset}]] $range
    }
    if {[llength [ps_memory_map]] == 0} { error "the DMA reaches no memory: the board file gives no range" }
    foreach space {dma/Data_MM2S dma/Data_S2MM} {
        foreach {segment offset range} [ps_memory_map] { map_segment $space $segment $offset $range }
        foreach segment [ps_memory_excluded] { exclude_segment $space $segment }
    }
    ps_address
}

proc soc::map_segment {space segment offset range} {
    set name SEG_[string map {/ _} $segment]
    create_bd_addr_seg -range $range -offset $offset [find addr_spaces $space] [find addr_segs $segment] $name
}

# On-chip memory and flash are no place for samples.
proc soc::exclude_segment {space segment} {
    set found [get_bd_addr_segs -quiet $segment]
    if {[llength $found]} { exclude_bd_addr_seg $found -target_address_space [find addr_spaces $space] }
}
