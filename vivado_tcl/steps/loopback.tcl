# A FIFO in the network's place: processor, DMA, memory and driver of a new board, without HLS.

proc soc::loopback_create {} {
    create_cell xilinx.com:ip:axis_data_fifo accelerator
    configure accelerator {FIFO_DEPTH 512}
    net [ps_clock] accelerator/s_axis_aclk
    net dma/mm2s_prmry_reset_out_n accelerator/s_axis_aresetn
    attach dma/M_AXIS_MM2S accelerator/S_AXIS
    attach accelerator/M_AXIS dma/S_AXIS_S2MM
}

proc soc::loopback_check {} {
    same_net dma/mm2s_prmry_reset_out_n accelerator/s_axis_aresetn
}
