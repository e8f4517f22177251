# From block design to placed, routed and checked design.

proc soc::design_validate {} {
    [setting core]_check
    ps_check
    validate_bd_design
    fail_on_errors "validate_bd_design"
    clock_check
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

# The processing system gives what its dividers give: never faster than asked for, and not much slower.
proc soc::clock_check {} {
    set asked [setting clock_mhz]
    set mhz [expr {[get_property CONFIG.FREQ_HZ [pin [ps_clock]]] / 1e6}]
    puts "soc: the clock is $mhz MHz, $asked MHz asked for"
    if {$mhz > 1.005 * $asked || $mhz < 0.75 * $asked} {
        error "[ps_clock] gives $mhz MHz where $asked MHz is asked for: choose another clock"
    }
}

# After a failed run wait_on_run returns normally (2021.2, 2022.2) or fails itself (2024.1 on, [Vivado 12-13638]): STATUS
# and PROGRESS tell, also of the runs of single IPs that this one waits for.
proc soc::run_to_end {run args} {
    launch_runs $run {*}$args -jobs [setting jobs]
    catch { wait_on_run $run }
    foreach each [get_runs] {
        set status [get_property STATUS [get_runs $each]]
        if {[string match -nocase *error* $status] || [string match -nocase *fail* $status]} {
            error "$each ended with '$status': see [get_property DIRECTORY [get_runs $each]]/runme.log"
        }
    }
    set status [get_property STATUS [get_runs $run]]
    set progress [get_property PROGRESS [get_runs $run]]
    puts "soc: $run: $status ($progress)"
    if {$progress ne "100%"} {
        error "$run stopped at $progress, '$status': see [get_property DIRECTORY [get_runs $run]]/runme.log"
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
