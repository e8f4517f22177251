# AXI DMA in simple mode (PG021): no descriptors, transfers of up to 2^26 - 1 bytes.

proc soc::dma_create {} {
    create_cell xilinx.com:ip:axi_dma dma
    # Two calls: without scatter-gather the parameters of its streams disappear.
    configure dma {c_include_sg 0 c_sg_length_width 26}
    # The widths of S2MM are otherwise propagated from what is connected.
    foreach width {c_m_axi_s2mm_data_width c_s_axis_s2mm_tdata_width} {
        set_property CONFIG.$width.VALUE_SRC USER [cell dma]
    }
    configure dma [list \
        c_addr_width [setting address_bits] \
        c_m_axi_mm2s_data_width [setting memory_bits] \
        c_m_axi_s2mm_data_width [setting memory_bits] \
        c_m_axis_mm2s_tdata_width [setting stream_bits_in] \
        c_s_axis_s2mm_tdata_width [setting stream_bits_out]]
    net [ps_clock] dma/s_axi_lite_aclk dma/m_axi_mm2s_aclk dma/m_axi_s2mm_aclk
    net reset/peripheral_aresetn dma/axi_resetn
}

# Reset of everything in the fabric, synchronous to the one clock.
proc soc::reset_create {} {
    create_cell xilinx.com:ip:proc_sys_reset reset
    net [ps_clock] reset/slowest_sync_clk
    net [ps_reset] reset/ext_reset_in
}
