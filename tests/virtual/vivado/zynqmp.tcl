# ZynqMP: DMA and a FIFO on HPM0_FPD and HP0_FPD. Must validate without a word.
create_project d p -part xczu9eg-ffvb1156-2-e -force
create_bd_design d
create_bd_cell -type ip -vlnv xilinx.com:ip:zynq_ultra_ps_e ps
set_property -dict {CONFIG.PSU__USE__M_AXI_GP0 1 CONFIG.PSU__USE__M_AXI_GP1 0 CONFIG.PSU__USE__M_AXI_GP2 0 CONFIG.PSU__USE__S_AXI_GP2 1 CONFIG.PSU__SAXIGP2__DATA_WIDTH 128 CONFIG.PSU__FPGA_PL0_ENABLE 1 CONFIG.PSU__CRL_APB__PL0_REF_CTRL__FREQMHZ 100} [get_bd_cells ps]
create_bd_cell -type ip -vlnv xilinx.com:ip:proc_sys_reset r
create_bd_cell -type ip -vlnv xilinx.com:ip:axi_dma dma
set_property -dict {CONFIG.c_include_sg 0 CONFIG.c_sg_length_width 26 CONFIG.c_addr_width 40 CONFIG.c_m_axi_mm2s_data_width 128 CONFIG.c_m_axi_s2mm_data_width 128 CONFIG.c_m_axis_mm2s_tdata_width 64 CONFIG.c_s_axis_s2mm_tdata_width 64} [get_bd_cells dma]
create_bd_cell -type ip -vlnv xilinx.com:ip:axis_data_fifo f
connect_bd_intf_net [get_bd_intf_pins dma/M_AXIS_MM2S] [get_bd_intf_pins f/S_AXIS]
connect_bd_intf_net [get_bd_intf_pins f/M_AXIS] [get_bd_intf_pins dma/S_AXIS_S2MM]
create_bd_cell -type ip -vlnv xilinx.com:ip:smartconnect c
set_property -dict {CONFIG.NUM_SI 1 CONFIG.NUM_MI 1} [get_bd_cells c]
create_bd_cell -type ip -vlnv xilinx.com:ip:smartconnect m
set_property -dict {CONFIG.NUM_SI 2 CONFIG.NUM_MI 1} [get_bd_cells m]
connect_bd_intf_net [get_bd_intf_pins ps/M_AXI_HPM0_FPD] [get_bd_intf_pins c/S00_AXI]
connect_bd_intf_net [get_bd_intf_pins c/M00_AXI] [get_bd_intf_pins dma/S_AXI_LITE]
connect_bd_intf_net [get_bd_intf_pins dma/M_AXI_MM2S] [get_bd_intf_pins m/S00_AXI]
connect_bd_intf_net [get_bd_intf_pins dma/M_AXI_S2MM] [get_bd_intf_pins m/S01_AXI]
connect_bd_intf_net [get_bd_intf_pins m/M00_AXI] [get_bd_intf_pins ps/S_AXI_HP0_FPD]
connect_bd_net [get_bd_pins ps/pl_clk0] [get_bd_pins {ps/maxihpm0_fpd_aclk ps/saxihp0_fpd_aclk r/slowest_sync_clk c/aclk m/aclk f/s_axis_aclk dma/s_axi_lite_aclk dma/m_axi_mm2s_aclk dma/m_axi_s2mm_aclk}]
connect_bd_net [get_bd_pins ps/pl_resetn0] [get_bd_pins r/ext_reset_in]
connect_bd_net [get_bd_pins r/peripheral_aresetn] [get_bd_pins {dma/axi_resetn f/s_axis_aresetn c/aresetn m/aresetn}]
assign_bd_address
exclude_bd_addr_seg [get_bd_addr_segs dma/Data_MM2S/*OCM*]
validate_bd_design
