# A soft processor, MicroBlaze V (UG1629), for parts without a processing system: local memory, UART, timer, and a buffer
# of block RAM between it and the DMA. The procs are those that zynq7.tcl lists.
namespace eval soc {
    # Instruction set -> parameters of the processor.
    variable isa {
        rv32im {C_USE_MULDIV 2 C_USE_COMPRESSION 0 C_USE_ATOMIC 0 C_USE_FPU 0}
    }
}

proc soc::ps_create {} {
    variable release
    variable isa
    if {[package vcompare $release 2024.1] < 0} {
        error "MicroBlaze V needs Vivado 2024.1 or later; this is $release"
    }
    if {![dict exists $isa [setting isa]]} { error "MicroBlaze V cannot be [setting isa]: there is [dict keys $isa]" }
    clock_create [setting clock_source]
    create_cell xilinx.com:ip:microblaze_riscv cpu
    configure cpu {C_D_AXI 1 C_D_LMB 1 C_I_LMB 1 C_USE_ICACHE 0 C_USE_DCACHE 0 C_DEBUG_ENABLED 1}
    configure cpu [dict get $isa [setting isa]]
    create_cell xilinx.com:ip:mdm_riscv debug
    configure debug {C_MB_DBG_PORTS 1 C_USE_UART 0}
    attach debug/MBDEBUG_0 cpu/DEBUG
    net [ps_clock] cpu/Clk
}

# The board's oscillator and reset, and the one clock made of them.
proc soc::clock_create {oscillator} {
    if {![dict exists [setting pins] $oscillator mhz]} { error "the board file gives no frequency for pin $oscillator" }
    if {![dict exists [setting pins] ext_reset active]} { error "the board file does not say when pin ext_reset is active" }
    set mhz [dict get [setting pins] $oscillator mhz]
    set polarity ACTIVE_[string toupper [dict get [setting pins] ext_reset active]]
    create_bd_port -dir I -type clk -freq_hz [expr {round($mhz * 1e6)}] $oscillator
    set_property CONFIG.POLARITY $polarity [create_bd_port -dir I -type rst ext_reset]

    create_cell xilinx.com:ip:clk_wiz clocks
    configure clocks [list \
        PRIM_SOURCE Single_ended_clock_capable_pin PRIM_IN_FREQ $mhz \
        CLKOUT1_REQUESTED_OUT_FREQ [setting clock_mhz] USE_RESET false USE_LOCKED true]
    net $oscillator clocks/clk_in1
}

proc soc::ps_clock {} { return clocks/clk_out1 }
# Not `reset`: in Verilog ports and instances share one name space, and a cell is called that.
proc soc::ps_reset {} { return ext_reset }

proc soc::ps_surround {} {
    net clocks/locked reset/dcm_locked
    net debug/Debug_SYS_Rst reset/mb_debug_sys_rst
    net reset/mb_reset cpu/Reset
    local_memory_create
    buffer_create
    uart_create
    create_cell xilinx.com:ip:axi_timer timer
    net [ps_clock] timer/s_axi_aclk
    net reset/peripheral_aresetn timer/s_axi_aresetn
}

# Program and data of the processor, on its own two buses.
proc soc::local_memory_create {} {
    create_cell xilinx.com:ip:blk_mem_gen local_memory
    configure local_memory {use_bram_block BRAM_Controller}
    configure local_memory {Memory_Type True_Dual_Port_RAM}
    foreach {bus port} {dlmb BRAM_PORTA ilmb BRAM_PORTB} {
        create_cell xilinx.com:ip:lmb_v10 $bus
        create_cell xilinx.com:ip:lmb_bram_if_cntlr ${bus}_memory
        configure ${bus}_memory {C_ECC 0}
        net [ps_clock] $bus/LMB_Clk ${bus}_memory/LMB_Clk
        net reset/bus_struct_reset $bus/SYS_Rst ${bus}_memory/LMB_Rst
        attach cpu/[string toupper $bus] $bus/LMB_M
        attach $bus/LMB_Sl_0 ${bus}_memory/SLMB
        attach ${bus}_memory/BRAM_PORT local_memory/$port
    }
}

# Samples on their way to and from the DMA.
proc soc::buffer_create {} {
    create_cell xilinx.com:ip:axi_bram_ctrl sample_buffer
    configure sample_buffer [list SINGLE_PORT_BRAM 1 DATA_WIDTH [setting memory_bits]]
    create_cell xilinx.com:ip:blk_mem_gen sample_memory
    configure sample_memory {use_bram_block BRAM_Controller}
    configure sample_memory {Memory_Type Single_Port_RAM}
    net [ps_clock] sample_buffer/s_axi_aclk
    net reset/peripheral_aresetn sample_buffer/s_axi_aresetn
    attach sample_buffer/BRAM_PORTA sample_memory/BRAM_PORTA
}

# The baud rate is fixed here, at synthesis (PG142).
proc soc::uart_create {} {
    create_cell xilinx.com:ip:axi_uartlite uart
    configure uart [list C_BAUDRATE [setting baud] C_DATA_BITS 8 PARITY No_Parity]
    net [ps_clock] uart/s_axi_aclk
    net reset/peripheral_aresetn uart/s_axi_aresetn
    create_bd_port -dir I uart_rx
    create_bd_port -dir O uart_tx
    net uart_rx uart/rx
    net uart/tx uart_tx
}

proc soc::ps_control {} { return cpu/M_AXI_DP }
proc soc::ps_control_space {} { return cpu/Data }
proc soc::ps_control_base {} { return 0x40000000 }
proc soc::ps_slaves {} {
    return {
        uart/S_AXI uart/S_AXI/Reg 0x600000 0x10000
        timer/S_AXI timer/S_AXI/Reg 0x1C00000 0x10000
    }
}

proc soc::ps_memory {} { return sample_buffer/S_AXI }
# The processor reads and writes the buffer over the same interconnect as the DMA.
proc soc::ps_memory_shared {} { return 1 }
proc soc::ps_memory_map {} { return [linsert [setting memory_ranges] 0 sample_buffer/S_AXI/Mem0] }
proc soc::ps_memory_excluded {} { return {} }

proc soc::ps_address {} {
    set size [format 0x%X [expr {[setting local_memory_kib] * 1024}]]
    # Controllers of block RAM compare address bits (PG061, PG078).
    foreach {offset range} [concat 0x0 $size [setting memory_ranges]] {
        if {$range < 4096 || $range & ($range - 1)} { error "block RAM of $range bytes: that is no power of two from 4096 on" }
    }
    map_segment cpu/Data dlmb_memory/SLMB/Mem 0x0 $size
    map_segment cpu/Instruction ilmb_memory/SLMB/Mem 0x0 $size
    foreach {segment offset range} [ps_memory_map] { map_segment cpu/Data $segment $offset $range }
}

# Vivado is silent about each of these: the inputs have defaults, and a design without them builds.
proc soc::ps_check {} {
    foreach {driver load} {
        clocks/clk_out1 cpu/Clk
        clocks/locked reset/dcm_locked
        debug/Debug_SYS_Rst reset/mb_debug_sys_rst
        reset/mb_reset cpu/Reset
        reset/bus_struct_reset dlmb/SYS_Rst
        reset/bus_struct_reset ilmb/SYS_Rst
        reset/bus_struct_reset dlmb_memory/LMB_Rst
        reset/bus_struct_reset ilmb_memory/LMB_Rst
        uart_rx uart/rx
        uart/tx uart_tx
    } { same_net $driver $load }
    foreach path {local_memory/BRAM_PORTA local_memory/BRAM_PORTB sample_memory/BRAM_PORTA cpu/DEBUG} {
        if {[llength [get_bd_intf_nets -quiet -of_objects [interface $path]]] != 1} { error "$path is not connected" }
    }
}

# Where the local memory lies in the bitstream: updatemem puts the program there (UG1580).
proc soc::ps_export {} {
    write_mem_info -force soc.mmi
}
