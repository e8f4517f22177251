# design_id, readable by software: two constants on the two channels of a GPIO.

proc soc::identity_create {} {
    create_cell xilinx.com:ip:axi_gpio identity
    configure identity {C_IS_DUAL 1 C_GPIO_WIDTH 32 C_GPIO2_WIDTH 32}
    configure identity {C_ALL_INPUTS 1 C_ALL_INPUTS_2 1}
    net [ps_clock] identity/s_axi_aclk
    net reset/peripheral_aresetn identity/s_axi_aresetn
    foreach {name value load} [list \
        id_low [setting design_id_low] identity/gpio_io_i \
        id_high [setting design_id_high] identity/gpio2_io_i] {
        create_cell xilinx.com:ip:xlconstant $name
        configure $name [list CONST_WIDTH 32 CONST_VAL $value]
        net $name/dout $load
    }
}
