# The network: the HLS core between the two streams of the DMA, started once per sample.
#
# A core that runs freely (ap_start high, or ap_ctrl_none) begins the next sample as soon as it has read one; where HLS
# wrote pipelines that stall as a whole, it then waits for input with finished samples still inside, and S2MM never ends.
# sample_start gives one ap_start per sample that really arrives.

proc soc::network_create {} {
    create_bd_cell -type module -reference sample_start start
    configure start [list BITS [setting stream_bits_in] BEATS [setting beats_in]]
    create_cell [setting vlnv] accelerator

    net [ps_clock] start/aclk accelerator/ap_clk
    # The DMA's reset, not the system's: resetting the DMA after an error empties the core as well.
    net dma/mm2s_prmry_reset_out_n start/aresetn accelerator/ap_rst_n
    net start/ap_start accelerator/ap_start
    net accelerator/ap_ready start/ap_ready
    attach dma/M_AXIS_MM2S start/s_axis
    attach start/m_axis accelerator/s_axis
    attach accelerator/m_axis dma/S_AXIS_S2MM
}

# The start arrangement must have survived whatever was done to the design.
proc soc::network_check {} {
    foreach {driver load} {
        start/ap_start accelerator/ap_start
        accelerator/ap_ready start/ap_ready
        dma/mm2s_prmry_reset_out_n start/aresetn
        dma/mm2s_prmry_reset_out_n accelerator/ap_rst_n
    } { same_net $driver $load }
}
