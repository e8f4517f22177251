# From block design to placed, routed and checked design.

proc soc::design_validate {} {
    [setting core]_check
    validate_bd_design
    fail_on_errors "validate_bd_design"
    save_bd_design
    set wrapper [make_wrapper -files [get_files soc.bd] -top]
    add_files -norecurse $wrapper
    set_property top soc_wrapper [current_fileset]
    update_compile_order -fileset sources_1
}

# Messages promoted to ERROR do not make every Vivado command fail.
proc soc::fail_on_errors {where} {
    set count [get_msg_config -severity ERROR -count]
    if {$count > 0} { error "$where: $count ERROR messages above" }
}

# wait_on_run returns normally after a failed run: STATUS and PROGRESS tell.
proc soc::run_to_end {run args} {
    launch_runs $run {*}$args -jobs [setting jobs]
    wait_on_run $run
    set status [get_property STATUS [get_runs $run]]
    set progress [get_property PROGRESS [get_runs $run]]
    puts "soc: $run: $status ($progress)"
    if {$progress ne "100%" || [string match -nocase *error* $status] || [string match -nocase *fail* $status]} {
        error "$run ended with '$status' at $progress: see [get_property DIRECTORY [get_runs $run]]/runme.log"
    }
}

proc soc::implementation_run {} {
    run_to_end synth_1
    run_to_end impl_1 -to_step write_bitstream
}

# Negative slack is an error: such a bitstream computes, most of the time.
proc soc::implementation_check {} {
    open_run impl_1
    report_utilization -file utilization.rpt
    report_timing_summary -file timing.rpt
    foreach {what property} {setup STATS.WNS hold STATS.WHS} {
        set slack [get_property $property [get_runs impl_1]]
        puts "soc: $what slack: [expr {$slack eq {} ? {not known} : "$slack ns"}]"
        if {$slack ne "" && $slack < 0 && ![setting allow_negative_slack]} {
            error "timing is not met: worst $what slack is $slack ns at [setting clock_mhz] MHz: see timing.rpt"
        }
    }
}
