# Makes the IP core of the wrapper that settings.tcl names, for the hls4ml project in ../project.
#
#     vivado_hls -f run_hls.tcl                     2019.2, 2020.1     (hls4ml backend Vivado)
#     vitis_hls -f run_hls.tcl                      2022.2 to 2023.1   (hls4ml backend Vitis)
#     vitis-run --mode hls --tcl run_hls.tcl        2023.2 and later   (hls4ml backend Vitis)

source settings.tcl

if {$backend eq "Vivado"} {
    # clang 3.1, which knows no C++14.
    set flags "-std=c++0x -I. -I../project/firmware"
} else {
    # C++11 is enough for our sources; AMD's ap_axi_sdata.h has variable templates from 2021.2 on.
    set flags "-std=c++14 -I. -I../project/firmware"
}

open_project -reset ${top}_prj
set_top $top
add_files $top.cpp -cflags $flags
add_files ../project/firmware/$name.cpp -cflags $flags
if {$backend eq "Vivado"} {
    open_solution -reset solution1
    config_array_partition -maximum_size 4096
} else {
    open_solution -reset -flow_target vivado solution1
}
set_part $part
create_clock -period $period -name default
if {$uncertainty ne ""} {
    set_clock_uncertainty $uncertainty default
}
config_compile -name_max_length 80
# As hls4ml's own script: fewer registers in the DSP blocks.
config_schedule -enable_dsp_full_reg=false
# By default ap_rst_n leaves C++ statics as they are (UG1399), and hls4ml's io_stream convolutions count rows and columns
# in statics: an image cut short by a DMA reset would spoil the next one.
config_rtl -reset state
csynth_design
export_design -format ip_catalog -version 1.0.0
exit
