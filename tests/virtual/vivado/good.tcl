# A complete design for a Zynq-7000: DMA, module that starts the core, HLS core, identity. Every line is mutated by tests.
create_project soc project -part xc7z020clg400-1 -force
add_files -norecurse start.v
set_property ip_repo_paths iprepo [current_project]
update_ip_catalog -rebuild
create_bd_design soc

create_bd_cell -type ip -vlnv xilinx.com:ip:processing_system7 ps
set_property -dict {
    CONFIG.PCW_USE_M_AXI_GP0 1 CONFIG.PCW_USE_S_AXI_HP0 1 CONFIG.PCW_S_AXI_HP0_DATA_WIDTH 64
    CONFIG.PCW_FPGA0_PERIPHERAL_FREQMHZ 100 CONFIG.PCW_DDR_RAM_HIGHADDR 0x1FFFFFFF
} [get_bd_cells ps]
make_bd_intf_pins_external -name DDR [get_bd_intf_pins ps/DDR]
make_bd_intf_pins_external -name FIXED_IO [get_bd_intf_pins ps/FIXED_IO]
create_bd_cell -type ip -vlnv xilinx.com:ip:proc_sys_reset:5.0 reset
connect_bd_net [get_bd_pins ps/FCLK_RESET0_N] [get_bd_pins reset/ext_reset_in]

create_bd_cell -type ip -vlnv xilinx.com:ip:axi_dma:7.1 dma
set_property -dict {CONFIG.c_include_sg 0 CONFIG.c_sg_length_width 26} [get_bd_cells dma]
set_property -dict {
    CONFIG.c_m_axi_mm2s_data_width 64 CONFIG.c_m_axi_s2mm_data_width 64
    CONFIG.c_m_axis_mm2s_tdata_width 64 CONFIG.c_s_axis_s2mm_tdata_width 64
} [get_bd_cells dma]

create_bd_cell -type module -reference sample_start start
set_property CONFIG.BEATS 16 [get_bd_cells start]
create_bd_cell -type ip -vlnv xilinx.com:hls:digits_soc:1.0 accelerator
connect_bd_net [get_bd_pins dma/mm2s_prmry_reset_out_n] [get_bd_pins start/aresetn] [get_bd_pins accelerator/ap_rst_n]
connect_bd_net [get_bd_pins start/ap_start] [get_bd_pins accelerator/ap_start]
connect_bd_net [get_bd_pins accelerator/ap_ready] [get_bd_pins start/ap_ready]
connect_bd_intf_net [get_bd_intf_pins dma/M_AXIS_MM2S] [get_bd_intf_pins start/s_axis]
connect_bd_intf_net [get_bd_intf_pins start/m_axis] [get_bd_intf_pins accelerator/s_axis]
connect_bd_intf_net [get_bd_intf_pins accelerator/m_axis] [get_bd_intf_pins dma/S_AXIS_S2MM]

create_bd_cell -type ip -vlnv xilinx.com:ip:axi_gpio identity
set_property -dict {CONFIG.C_IS_DUAL 1 CONFIG.C_ALL_INPUTS 1 CONFIG.C_ALL_INPUTS_2 1} [get_bd_cells identity]
foreach {name value pin} {id_low 0x89abcdef gpio_io_i id_high 0x01234567 gpio2_io_i} {
    create_bd_cell -type ip -vlnv xilinx.com:ip:xlconstant $name
    set_property -dict [list CONFIG.CONST_WIDTH 32 CONFIG.CONST_VAL $value] [get_bd_cells $name]
    connect_bd_net [get_bd_pins $name/dout] [get_bd_pins identity/$pin]
}

create_bd_cell -type ip -vlnv xilinx.com:ip:smartconnect control
set_property -dict {CONFIG.NUM_SI 1 CONFIG.NUM_MI 2} [get_bd_cells control]
connect_bd_intf_net [get_bd_intf_pins ps/M_AXI_GP0] [get_bd_intf_pins control/S00_AXI]
connect_bd_intf_net [get_bd_intf_pins control/M00_AXI] [get_bd_intf_pins dma/S_AXI_LITE]
connect_bd_intf_net [get_bd_intf_pins control/M01_AXI] [get_bd_intf_pins identity/S_AXI]
create_bd_cell -type ip -vlnv xilinx.com:ip:smartconnect memory
set_property -dict {CONFIG.NUM_SI 2 CONFIG.NUM_MI 1} [get_bd_cells memory]
connect_bd_intf_net [get_bd_intf_pins dma/M_AXI_MM2S] [get_bd_intf_pins memory/S00_AXI]
connect_bd_intf_net [get_bd_intf_pins dma/M_AXI_S2MM] [get_bd_intf_pins memory/S01_AXI]
connect_bd_intf_net [get_bd_intf_pins memory/M00_AXI] [get_bd_intf_pins ps/S_AXI_HP0]

foreach pin {
    ps/M_AXI_GP0_ACLK ps/S_AXI_HP0_ACLK reset/slowest_sync_clk control/aclk memory/aclk start/aclk accelerator/ap_clk
    dma/s_axi_lite_aclk dma/m_axi_mm2s_aclk dma/m_axi_s2mm_aclk identity/s_axi_aclk
} { connect_bd_net [get_bd_pins ps/FCLK_CLK0] [get_bd_pins $pin] }
foreach pin {dma/axi_resetn identity/s_axi_aresetn} { connect_bd_net [get_bd_pins reset/peripheral_aresetn] [get_bd_pins $pin] }
foreach pin {control/aresetn memory/aresetn} { connect_bd_net [get_bd_pins reset/interconnect_aresetn] [get_bd_pins $pin] }

assign_bd_address -offset 0x40400000 -range 64K -target_address_space [get_bd_addr_spaces ps/Data] [get_bd_addr_segs dma/S_AXI_LITE/Reg]
assign_bd_address -offset 0x41200000 -range 64K -target_address_space [get_bd_addr_spaces ps/Data] [get_bd_addr_segs identity/S_AXI/Reg]
assign_bd_address -offset 0x0 -range 512M -target_address_space [get_bd_addr_spaces dma/Data_MM2S] [get_bd_addr_segs ps/S_AXI_HP0/HP0_DDR_LOWOCM]
assign_bd_address -offset 0x0 -range 512M -target_address_space [get_bd_addr_spaces dma/Data_S2MM] [get_bd_addr_segs ps/S_AXI_HP0/HP0_DDR_LOWOCM]

validate_bd_design
save_bd_design
add_files -norecurse [make_wrapper -files [get_files soc.bd] -top]
set_property top soc_wrapper [current_fileset]
update_compile_order -fileset sources_1
launch_runs synth_1 -jobs 2
wait_on_run synth_1
launch_runs impl_1 -to_step write_bitstream -jobs 2
wait_on_run impl_1
puts "run: [get_property STATUS [get_runs impl_1]] [get_property PROGRESS [get_runs impl_1]]"
open_run impl_1
report_timing_summary -file timing.rpt
write_hw_platform -fixed -include_bit -force -file soc.xsa
