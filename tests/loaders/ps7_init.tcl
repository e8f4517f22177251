# What Vivado's ps7_init.tcl does, as far as the model of the device looks: unlock, DDR controller,
# level shifters, resets of the fabric. Globals and procs at the top level, as there.
set DEVICE_NAME "stand-in for tests"

proc mask_write {address mask value} {
    set now [mrd -force -value $address]
    mwr -force $address [format 0x%X [expr {($now & ~$mask) | ($value & $mask)}]]
}

proc ps7_init {} {
    global DEVICE_NAME
    puts "ps7_init for $DEVICE_NAME"
    mwr -force 0xF8000008 0xDF0D
    mask_write 0xF8006000 0x0001FFFF 0x00000081
    mwr -force 0xF8000004 0x767B
}

proc ps7_post_config {} {
    mwr -force 0xF8000008 0xDF0D
    mask_write 0xF8000900 0x0000000F 0x0000000F
    mask_write 0xF8000240 0xFFFFFFFF 0x00000000
    mwr -force 0xF8000004 0x767B
}
