#!/bin/sh
# Makes .venv with all that `make demo` and `make test` need. Installs what is missing from the distribution when run as
# root, else says what to install. Quick when there is nothing to do: a stamp holds what was installed.
set -eu
cd "$(dirname "$0")/.."
# What the environment is made from, and where: a moved checkout makes a new one.
#   scripts/setup.sh [deep]    deep: also what only `make test-deep` uses
stamp=$( (pwd; cat pyproject.toml constraints.txt scripts/setup.sh) | cksum)
say() { printf 'setup: %s\n' "$*"; }
have() { command -v "$1" >/dev/null 2>&1; }
deep=
if [ "${1:-}" = deep ] && ! have qemu-system-arm; then deep=" qemu-system-arm"; fi
if [ -z "$deep" ] && [ -x .venv/bin/python ] && [ "$(cat .venv/.stamp 2>/dev/null || true)" = "$stamp" ]; then exit 0; fi

# ---- from the distribution: a Tcl interpreter, a C++ compiler; for the tests a Verilog simulator -----------------------
missing=
for_tests=$deep
have tclsh || missing="$missing tcl"
have g++ || missing="$missing g++"
have iverilog || for_tests="$for_tests iverilog"
have bootgen || for_tests="$for_tests xilinx-bootgen"
# Where systemd runs, installing an SSH server would also start it: that is for the user to decide.
if ! have sshd && [ ! -x /usr/sbin/sshd ]; then
    if [ -d /run/systemd/system ]; then say "make test also needs: apt-get install openssh-server"
    else for_tests="$for_tests openssh-server"; fi
fi
# XRT, for the virtual Alveo; where a distribution has none, a stand-in serves and reports say so.
optional=
[ -e /usr/include/xrt/xrt/xrt_bo.h ] || optional=" libxrt-dev uuid-dev"

# pynq needs numpy < 2, which has no wheels for Python 3.13. An interpreter counts if it runs and can make environments.
find_python() {
    for candidate in python3.11 python3.12 python3.10 python3; do
        if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 12))' \
            >/dev/null 2>&1; then echo "$candidate"; return; fi
    done
}
python=$(find_python)
if [ -z "$python" ] && ! command -v uv >/dev/null 2>&1; then missing="$missing python3 python3-venv"; fi

install() { DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null; }
if [ -n "$missing$for_tests$optional" ]; then
    if [ "$(id -u)" = 0 ] && have apt-get; then
        say "installing$missing$for_tests$optional"
        apt-get update -qq
        # shellcheck disable=SC2086
        [ -z "$missing$for_tests" ] || install $missing $for_tests
        # shellcheck disable=SC2086
        [ -z "$optional" ] || install $optional 2>/dev/null || say "not to be had here:$optional"
    elif [ -n "$missing" ]; then
        say "missing:$missing$for_tests"
        say "on Debian or Ubuntu: sudo apt-get install$missing$for_tests"
        exit 1
    else
        say "make test also needs: sudo apt-get install$for_tests$optional"
    fi
fi

# ---- the environment ----------------------------------------------------------------------------------------------
if [ -x .venv/bin/python ] && [ "$(cat .venv/.stamp 2>/dev/null || true)" = "$stamp" ]; then exit 0; fi
[ -n "$python" ] || python=$(find_python)
rm -rf .venv
if [ -n "$python" ]; then
    say "environment with $("$python" --version)"
    "$python" -m venv .venv
elif command -v uv >/dev/null 2>&1; then
    say "environment with uv"
    uv venv --quiet --seed --python 3.11 .venv
else
    say "no Python 3.10 to 3.12 found (this system's python3 is $(python3 --version 2>&1)): install one, or uv"
    exit 1
fi
say "installing Python packages"
.venv/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[pynq,baremetal,test]'
printf '%s\n' "$stamp" > .venv/.stamp
say "done"
