"""Names that may appear in C, Tcl, file names and hls4ml's tables alike."""

from __future__ import annotations

import itertools
import re

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_LONGEST = 48

# C++ keywords, macros of the C library, namespaces.
_TAKEN = frozenset(
    """
    alignas alignof and and_eq asm auto bitand bitor bool break case catch char class compl concept
    const consteval constexpr constinit continue co_await co_return co_yield decltype default delete
    do double else enum explicit export extern false float for friend goto if inline int long
    mutable namespace new noexcept not not_eq nullptr operator or or_eq private protected public
    register requires restrict return short signed sizeof static struct switch template this throw
    true try typedef typeid typename union unsigned using virtual void volatile wchar_t while xor
    xor_eq assert errno linux main signbit stderr stdin stdout unix
    hls nnet std
    """.split()
)
# What hls4ml 1.3 declares beside the names of layers and tensors.
_HLS4ML = frozenset("input model result weights firmware loaded_weights trace_data".split())
# Names of a network that cannot be built: its <name>.h would hide a header of that name from all
# that is compiled with -I<firmware> or beside it, or its function meets what is no function.
_HEADERS = frozenset(
    """
    alloca assert byteswap complex ctype cxxabi defines endian errno features fenv float getopt half
    inttypes iso646 libintl limits locale malloc math memory parameters pthread sched setjmp signal
    soc_beats soc_stream stdalign stdarg stdatomic stdbool stddef stdint stdio stdlib stdnoreturn
    string strings tgmath threads time uchar ucontext unistd unwind values wchar wctype
    """.split()
)
_DECLARED = frozenset(
    """
    AESL_std abi af_bit_ref af_range_ref alloca const_cast daylight dynamic_cast environ fd_mask
    fd_set getdate_err optarg opterr optind optopt program_invocation_name
    program_invocation_short_name reinterpret_cast retval signgam soc soc_core soc_sim ssdm_int_sim
    static_assert static_cast timezone tzname u_char u_int u_long u_short uint ulong ushort va_list
    valtype
    """.split()
)
# si_pid, sa_handler: macros of <signal.h>, which emulations include.
_UNBUILDABLE = re.compile(r"hls_\w+|s[ai]_\w+|sigmask")
# layer3_out, w2, b2, config4, input_t, x_ap (the bridge), result_t, ap_fixed, BUFSIZ.
_RESERVED = re.compile(
    r"layer\d+\w*|[wbs]\d+|\w*config\d+|input\d*|\w+_t|\w+_ap|\w+_(float|double)|ap_\w+|[A-Z][A-Z0-9_]+"
)


def is_name(text: str) -> bool:
    """Tell whether `text` is a letter followed by letters, digits and underscores."""
    return _NAME.fullmatch(text) is not None


def is_free(name: str) -> bool:
    """Tell whether `name` means nothing to C++ or to hls4ml's generated sources."""
    return name not in _TAKEN | _HLS4ML and _RESERVED.fullmatch(name) is None


def is_buildable(name: str) -> bool:
    """Tell whether sources called `name`, with a function `name`, compile beside those of HLS,
    hls4ml and the wrapper."""
    return name not in _TAKEN | _HEADERS | _DECLARED and _UNBUILDABLE.fullmatch(name) is None


def _free(name: str) -> str:
    # Some names are reserved for how they begin, some for how they end.
    forms = (name, f"net_{name}", f"net_{name}_net")
    return next(form for form in forms if is_free(form))


def network_name(text: str) -> str:
    """Return the name of the network that `text`, such as a file's stem, stands for."""
    name = Names().pick(text, "network")
    return name if is_buildable(name) else f"net_{name}"


class Names:
    """Derive safe, unique names from arbitrary texts; the same texts give the same names."""

    def __init__(self, *taken: str) -> None:
        """Never hand out one of `taken`."""
        # Lower case: hls4ml 1.3 looks layers' precisions up by lower-cased name.
        self._used = {name.lower() for name in taken}

    def pick(self, text: str, fallback: str) -> str:
        """Return the name for `text`, or for `fallback` where `text` has no letter or digit."""
        name = re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_") or fallback
        name = name if name[0].isalpha() else f"{fallback}_{name}"
        name = name[:_LONGEST].rstrip("_")
        unique = _free(name)
        for number in itertools.count(2):
            if unique.lower() not in self._used:
                break
            unique = _free(f"{name}_n{number}")
        self._used.add(unique.lower())
        return unique
