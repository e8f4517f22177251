# Runs a script in a child interpreter whose vendor commands are answered by the Python process at
# the other end of two pipes. Started by tcl.py:   tclsh tcl_bridge.tcl REQUEST_FD REPLY_FD
#
# Messages are Tcl lists in UTF-8, each after its length in bytes and a newline. Requests go up,
# replies come down; standard output and standard error stay free for programs that the script
# starts itself.

namespace eval bridge {
    variable up [open /dev/fd/[lindex $argv 0] w]
    variable down [open /dev/fd/[lindex $argv 1] r]
    fconfigure $up -translation binary -buffering full
    fconfigure $down -translation binary

    proc send {message} {
        variable up
        set bytes [encoding convertto utf-8 $message]
        puts -nonewline $up [string length $bytes]\n$bytes
        flush $up
    }

    proc receive {} {
        variable down
        if {[gets $down length] < 0} { ::exit 1 }
        return [encoding convertfrom utf-8 [read $down $length]]
    }

    # A command of the script that Python answers; the working directory goes along because the
    # script may `cd`.
    proc call {args} {
        send [list call [pwd] $args]
        lassign [receive] outcome value
        switch $outcome {
            ok { return $value }
            exit { ::exit $value }
            default { return -code error $value }
        }
    }

    proc leave {{code 0}} {
        if {![string is integer -strict $code]} { return -code error "expected integer but got \"$code\"" }
        send [list exit $code]
        ::exit 0
    }

    # What goes to the terminal is reported; all other channels are the script's own.
    proc say {args} {
        set words $args
        set end \n
        if {[llength $words] > 1 && [lindex $words 0] eq "-nonewline"} {
            set words [lrange $words 1 end]
            set end ""
        }
        if {[llength $words] == 1} { set words [list stdout {*}$words] }
        if {[llength $words] == 2 && [lindex $words 0] in {stdout stderr}} {
            send [list puts [lindex $words 0] [lindex $words 1]$end]
            return
        }
        script invokehidden puts {*}$args
    }

    # What Tcl 8.6 has and 8.5, the Tcl inside vendor tools up to now, has not.
    proc remove_newer {} {
        foreach command {try throw lmap coroutine yield yieldto tailcall zlib} { script eval [list rename $command {}] }
        foreach {ensemble parts} {dict map string cat binary {encode decode} file tempfile chan {pipe push pop}} {
            set map [script eval [list namespace ensemble configure $ensemble -map]]
            foreach part $parts { dict unset map $part }
            script eval [list namespace ensemble configure $ensemble -map $map]
        }
        script eval { namespace delete ::oo ::tcl::prefix }
    }

    proc prepare {names answers_unknown} {
        interp create script
        # Vendor tools print a script's errors themselves.
        script eval { set ::tcl_interactive 0 }
        remove_newer
        # Its library, written in Tcl 8.6, needs what was removed.
        interp alias script clock {} ::clock
        script hide puts
        interp alias script puts {} ::bridge::say
        interp alias script exit {} ::bridge::leave
        foreach name $names { interp alias script $name {} ::bridge::call $name }
        if {$answers_unknown} { interp alias script ::bridge_unknown {} ::bridge::call {} }
        script eval [list set ::bridge_answers_unknown $answers_unknown]
        # The prelude may replace `source`; the script itself is read by Tcl's own.
        script eval { rename source ::bridge_source; interp alias {} source {} ::bridge_source }
        # Neither abbreviations nor programs on PATH: that is for people at a prompt.
        script eval {
            proc ::unknown {name args} {
                if {[auto_load $name [uplevel 1 { namespace current }]]} { return [uplevel 1 [list $name {*}$args]] }
                if {$::bridge_answers_unknown} {
                    # Not passed on as it is: the trace shall begin at the script's own line.
                    if {[catch { ::bridge_unknown $name {*}$args } result]} { return -code error $result }
                    return $result
                }
                return -code error "invalid command name \"$name\""
            }
        }
    }

    proc main {} {
        lassign [receive] script argv names answers_unknown variables prelude
        prepare $names $answers_unknown
        foreach {name value} $variables { ::script eval [list set ::$name $value] }
        ::script eval [list set ::argv0 $script]
        ::script eval [list set ::argv $argv]
        ::script eval [list set ::argc [llength $argv]]
        ::script eval $prelude
        if {[catch { ::script eval [list ::bridge_source $script] } message options]} {
            set trace [dict get $options -errorinfo]
            # The last two levels are the bridge's own.
            set end [string last "\n    invoked from within\n\"::bridge_source $script\"" $trace]
            if {$end > 0} { set trace [string range $trace 0 [expr {$end - 1}]] }
            send [list failed $message $trace]
        } else {
            send [list done]
        }
    }
}
bridge::main
exit 0
