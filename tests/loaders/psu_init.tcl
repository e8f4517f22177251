# What Vivado's psu_init.tcl does, as far as the model of the device looks: DDR controller and PHY,
# isolation of the fabric, its reset by EMIO.
set PSU_NAME "stand-in for tests"

proc mask_write {address mask value} {
    set now [mrd -force -value $address]
    mwr -force $address [format 0x%X [expr {($now & ~$mask) | ($value & $mask)}]]
}

proc psu_init {} {
    global PSU_NAME
    puts "psu_init for $PSU_NAME"
    mwr -force 0xFD070000 0x81040010
    mwr -force 0xFD080004 0x00040073
}

proc psu_post_config {} {}
proc psu_protection {} { error "no protection here" }

proc psu_ps_pl_isolation_removal {} {
    mask_write 0xFFD80118 0x00800000 0x00800000
    mask_write 0xFFD80120 0x00800000 0x00800000
}

proc psu_ps_pl_reset_config {} {
    mask_write 0xFF0A0344 0xFFFFFFFF 0x80000000
    mask_write 0xFF0A0348 0xFFFFFFFF 0x80000000
    foreach level {0x80000000 0x00000000 0x80000000} { mask_write 0xFF0A0054 0xFFFFFFFF $level }
}
