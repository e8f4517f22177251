# create_bd_addr_seg is the older form; from 2020.1 on assign_bd_address takes offset and range (UG835).
proc soc::map_segment {space segment offset range} {
    assign_bd_address -offset $offset -range $range -target_address_space [find addr_spaces $space] \
        [find addr_segs $segment]
}
