# MicroBlaze V on an Artix-7: local memory, UART, clocking wizard. Must validate without a word.
create_project d p -part xc7a100tcsg324-1 -force
create_bd_design d
create_bd_port -dir I -type clk -freq_hz 100000000 clk
create_bd_port -dir I -type rst resetn
create_bd_cell -type ip -vlnv xilinx.com:ip:microblaze_riscv mb
set_property -dict {CONFIG.C_D_AXI 1 CONFIG.C_D_LMB 1 CONFIG.C_I_LMB 1 CONFIG.C_DEBUG_ENABLED 1} [get_bd_cells mb]

create_bd_cell -type ip -vlnv xilinx.com:ip:mdm_riscv mdm
create_bd_cell -type ip -vlnv xilinx.com:ip:clk_wiz cw
set_property -dict {CONFIG.PRIM_IN_FREQ 100 CONFIG.CLKOUT1_REQUESTED_OUT_FREQ 83.333 CONFIG.RESET_TYPE ACTIVE_LOW CONFIG.RESET_PORT resetn} [get_bd_cells cw]

create_bd_cell -type ip -vlnv xilinx.com:ip:proc_sys_reset r
foreach n {d i} {
  create_bd_cell -type ip -vlnv xilinx.com:ip:lmb_v10 ${n}lmb
  create_bd_cell -type ip -vlnv xilinx.com:ip:lmb_bram_if_cntlr ${n}ctl
  connect_bd_intf_net [get_bd_intf_pins mb/[string toupper $n]LMB] [get_bd_intf_pins ${n}lmb/LMB_M]
  connect_bd_intf_net [get_bd_intf_pins ${n}lmb/LMB_Sl_0] [get_bd_intf_pins ${n}ctl/SLMB]
}
create_bd_cell -type ip -vlnv xilinx.com:ip:blk_mem_gen bram
set_property -dict {CONFIG.Memory_Type True_Dual_Port_RAM CONFIG.use_bram_block BRAM_Controller} [get_bd_cells bram]

connect_bd_intf_net [get_bd_intf_pins dctl/BRAM_PORT] [get_bd_intf_pins bram/BRAM_PORTA]
connect_bd_intf_net [get_bd_intf_pins ictl/BRAM_PORT] [get_bd_intf_pins bram/BRAM_PORTB]
connect_bd_intf_net [get_bd_intf_pins mdm/MBDEBUG_0] [get_bd_intf_pins mb/DEBUG]
create_bd_cell -type ip -vlnv xilinx.com:ip:axi_uartlite u
make_bd_intf_pins_external -name uart [get_bd_intf_pins u/UART]
create_bd_cell -type ip -vlnv xilinx.com:ip:smartconnect c
set_property -dict {CONFIG.NUM_SI 1 CONFIG.NUM_MI 1} [get_bd_cells c]
connect_bd_intf_net [get_bd_intf_pins mb/M_AXI_DP] [get_bd_intf_pins c/S00_AXI]
connect_bd_intf_net [get_bd_intf_pins c/M00_AXI] [get_bd_intf_pins u/S_AXI]
connect_bd_net [get_bd_ports clk] [get_bd_pins cw/clk_in1]
connect_bd_net [get_bd_ports resetn] [get_bd_pins cw/resetn] [get_bd_pins r/ext_reset_in]
connect_bd_net [get_bd_pins cw/locked] [get_bd_pins r/dcm_locked]
connect_bd_net [get_bd_pins cw/clk_out1] [get_bd_pins {mb/Clk r/slowest_sync_clk c/aclk u/s_axi_aclk dlmb/LMB_Clk ilmb/LMB_Clk dctl/LMB_Clk ictl/LMB_Clk}]
connect_bd_net [get_bd_pins r/mb_reset] [get_bd_pins mb/Reset]
connect_bd_net [get_bd_pins mdm/Debug_SYS_Rst] [get_bd_pins r/mb_debug_sys_rst]
connect_bd_net [get_bd_pins r/bus_struct_reset] [get_bd_pins {dlmb/SYS_Rst ilmb/SYS_Rst dctl/LMB_Rst ictl/LMB_Rst}]
connect_bd_net [get_bd_pins r/peripheral_aresetn] [get_bd_pins {u/s_axi_aresetn c/aresetn}]
assign_bd_address
validate_bd_design
