# The program as a project of Vitis 2019.2 to 2023.1 (UG1400, XSCT):  xsct build.tcl settings.tcl
#
# Makes ./workspace anew. Only one program at a time may have a workspace open.
source [lindex $argv 0]

proc soc::setting {name} {
    variable settings
    return [dict get $settings $name]
}

# Its name changed in 2021.1, in some installations not (2022.1): the list tells.
proc soc::template {} {
    set known [repo -apps]
    foreach name {"Empty Application(C)" "Empty Application"} {
        if {[string first $name $known] >= 0} { return $name }
    }
    error "this Vitis lists no empty C application: $known"
}

proc soc::build {} {
    set here [pwd]
    file delete -force workspace
    setws [file join $here workspace]
    set platform [setting platform]
    set application [setting application]
    # Of these processors the Cortex-A53 alone has two widths.
    set arch [expr {[setting arch] eq "64-bit" ? {-arch 64-bit} : {}}]
    platform create -name $platform -hw [setting xsa] -proc [setting cpu] -os standalone {*}$arch
    platform active $platform
    platform generate

    app create -name $application -platform $platform -domain standalone_domain -template [template]
    # It takes whole folders: an earlier run may have left other sources.
    file delete -force imported
    file mkdir imported
    foreach name [setting sources] { file copy [file join sources $name] imported }
    importsources -name $application -path [file join $here imported]
    app config -name $application build-config release
    app config -name $application -add linker-misc "-Wl,--defsym=_STACK_SIZE=[setting stack]"
    app build -name $application
    # A failed build is not always an error of the command.
    set elf [file join workspace $application Release $application.elf]
    if {![file exists $elf]} { error "no $elf was built: the messages above tell why" }
}

if {[catch { soc::build } message]} {
    puts "ERROR: \[soc\] $message"
    exit 1
}
exit 0
