# The shape of what write_bd_tcl writes (UG835), with one IP that no catalogue has. In the lenient
# stand-in it must run without an error or critical warning.
set scripts_vivado_version 2023.2
set current_vivado_version [version -short]
if { [string first $scripts_vivado_version $current_vivado_version] == -1 } {
   catch {common::send_gid_msg -ssname BD::TCL -id 2041 -severity "ERROR" "Wrong version."}
   return 1
}
set list_projs [get_projects -quiet]
if { $list_projs eq "" } {
   create_project project_1 myproj -part xc7z020clg400-1
   set_property BOARD_PART tul.com.tw:pynq-z2:part0:1.0 [current_project]
}
set design_name sketch
set cur_design [current_bd_design -quiet]
set list_cells [get_bd_cells -quiet]
if { ${cur_design} ne "" || ${list_cells} ne "" || [get_files -quiet ${design_name}.bd] ne "" } { return 2 }
create_bd_design $design_name
current_bd_design $design_name
foreach ip_vlnv "xilinx.com:ip:processing_system7:5.5 someone.org:user:pump:1.0" {
   if { [get_ipdefs -all $ip_vlnv] eq "" } {
      catch {common::send_gid_msg -ssname BD::TCL -id 2012 -severity "ERROR" "missing $ip_vlnv"}
      return 3
   }
}

proc create_hier_cell_side { parentCell nameHier } {
  if { $parentCell eq "" || $nameHier eq "" } { return }
  set parentObj [get_bd_cells $parentCell]
  if { $parentObj == "" } { return }
  if { [get_property TYPE $parentObj] ne "hier" } { return }
  set oldCurInst [current_bd_instance .]
  current_bd_instance $parentObj
  set hier_obj [create_bd_cell -type hier $nameHier]
  current_bd_instance $hier_obj
  create_bd_intf_pin -mode Slave -vlnv xilinx.com:interface:aximm_rtl:1.0 S_AXI
  create_bd_intf_pin -mode Master -vlnv xilinx.com:interface:aximm_rtl:1.0 M_AXI
  create_bd_pin -dir I -type clk clk
  create_bd_pin -dir I -type rst rst_n
  create_bd_pin -dir O -from 0 -to 0 flag
  set pump [ create_bd_cell -type ip -vlnv someone.org:user:pump:1.0 pump ]
  set_property -dict [ list CONFIG.DEPTH {64} CONFIG.Name {a b} ] $pump
  set invert [ create_bd_cell -type ip -vlnv xilinx.com:ip:util_vector_logic:2.0 invert ]
  set_property -dict [list CONFIG.C_OPERATION {not} CONFIG.C_SIZE {1}] $invert
  connect_bd_intf_net -intf_net link_M00_AXI [get_bd_intf_pins S_AXI] [get_bd_intf_pins pump/s_axi]
  connect_bd_intf_net -intf_net pump_m_axi [get_bd_intf_pins M_AXI] [get_bd_intf_pins pump/m_axi]
  connect_bd_net -net clk_1 [get_bd_pins clk] [get_bd_pins pump/clk]
  connect_bd_net -net rst_n_1 [get_bd_pins rst_n] [get_bd_pins pump/rst_n]
  connect_bd_net -net pump_flag [get_bd_pins pump/flag] [get_bd_pins invert/Op1]
  connect_bd_net -net invert_Res [get_bd_pins invert/Res] [get_bd_pins flag]
  current_bd_instance $oldCurInst
}

proc create_root_design { parentCell } {
  if { $parentCell eq "" } { set parentCell [get_bd_cells /] }
  set parentObj [get_bd_cells $parentCell]
  if { $parentObj == "" } { return }
  if { [get_property TYPE $parentObj] ne "hier" } { return }
  set oldCurInst [current_bd_instance .]
  current_bd_instance $parentObj
  set DDR [ create_bd_intf_port -mode Master -vlnv xilinx.com:interface:ddrx_rtl:1.0 DDR ]
  set FIXED_IO [ create_bd_intf_port -mode Master -vlnv xilinx.com:display_processing_system7:fixedio_rtl:1.0 FIXED_IO ]
  set led [ create_bd_port -dir O -from 0 -to 0 led ]
  set ps [ create_bd_cell -type ip -vlnv xilinx.com:ip:processing_system7:5.5 ps ]
  set_property -dict [list CONFIG.PCW_USE_S_AXI_HP0 {1} CONFIG.PCW_DDR_RAM_HIGHADDR {0x1FFFFFFF}] $ps
  set link [ create_bd_cell -type ip -vlnv xilinx.com:ip:axi_interconnect:2.1 link ]
  set_property -dict [ list CONFIG.NUM_MI {1} ] $link
  set memory [ create_bd_cell -type ip -vlnv xilinx.com:ip:axi_interconnect:2.1 memory ]
  set_property -dict [ list CONFIG.NUM_MI {1} ] $memory
  set rst [ create_bd_cell -type ip -vlnv xilinx.com:ip:proc_sys_reset:5.0 rst ]
  create_hier_cell_side [current_bd_instance .] side
  connect_bd_intf_net -intf_net ps_DDR [get_bd_intf_ports DDR] [get_bd_intf_pins ps/DDR]
  connect_bd_intf_net -intf_net ps_FIXED_IO [get_bd_intf_ports FIXED_IO] [get_bd_intf_pins ps/FIXED_IO]
  connect_bd_intf_net -intf_net ps_M_AXI_GP0 [get_bd_intf_pins link/S00_AXI] [get_bd_intf_pins ps/M_AXI_GP0]
  connect_bd_intf_net -intf_net link_M00_AXI [get_bd_intf_pins link/M00_AXI] [get_bd_intf_pins side/S_AXI]
  connect_bd_intf_net -intf_net link_M00_AXI1 [get_bd_intf_pins memory/S00_AXI] [get_bd_intf_pins side/M_AXI]
  connect_bd_intf_net -intf_net memory_M00_AXI [get_bd_intf_pins memory/M00_AXI] [get_bd_intf_pins ps/S_AXI_HP0]
  connect_bd_net -net ps_FCLK_CLK0 [get_bd_pins link/ACLK] [get_bd_pins link/S00_ACLK] [get_bd_pins link/M00_ACLK] \
    [get_bd_pins memory/ACLK] [get_bd_pins memory/S00_ACLK] [get_bd_pins memory/M00_ACLK] [get_bd_pins ps/FCLK_CLK0] \
    [get_bd_pins ps/M_AXI_GP0_ACLK] [get_bd_pins ps/S_AXI_HP0_ACLK] [get_bd_pins rst/slowest_sync_clk] [get_bd_pins side/clk]
  connect_bd_net -net ps_FCLK_RESET0_N [get_bd_pins ps/FCLK_RESET0_N] [get_bd_pins rst/ext_reset_in]
  connect_bd_net -net rst_peripheral_aresetn [get_bd_pins link/ARESETN] [get_bd_pins link/S00_ARESETN] [get_bd_pins link/M00_ARESETN] \
    [get_bd_pins memory/ARESETN] [get_bd_pins memory/S00_ARESETN] [get_bd_pins memory/M00_ARESETN] \
    [get_bd_pins rst/peripheral_aresetn] [get_bd_pins side/rst_n]
  connect_bd_net -net side_flag [get_bd_ports led] [get_bd_pins side/flag]
  assign_bd_address -offset 0x43C00000 -range 0x00010000 -target_address_space [get_bd_addr_spaces ps/Data] [get_bd_addr_segs side/pump/s_axi/Reg] -force
  assign_bd_address -offset 0x00000000 -range 0x20000000 -target_address_space [get_bd_addr_spaces side/pump/m_axi] [get_bd_addr_segs ps/S_AXI_HP0/HP0_DDR_LOWOCM] -force
  set_property PFM.CLOCK {FCLK_CLK0 {id "0" is_default "true"}} [get_bd_cells /ps]
  current_bd_instance $oldCurInst
  validate_bd_design
  save_bd_design
}
create_root_design ""
puts "end: [llength [get_bd_cells -hierarchical]] cells"
