"""Names from outside become harmless."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hls4ml_soc.frontends.names import Names, is_buildable, is_free, is_name, network_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("fc1", "fc1"),
        ('a b;[exec ls]$x"', "a_b_exec_ls_x"),
        ("/model/layers.0/Gemm", "model_layers_0_Gemm"),
        ("3", "gemm_3"),
        ("äöü", "gemm"),
        ("double", "net_double_net"),
        ("layer3_out", "net_layer3_out"),
        ("x_ap", "net_x_ap_net"),
        ("NULL", "net_NULL"),
        ("X", "X"),
        ("ap:0", "net_ap_0"),
        ("w2", "net_w2"),
        ("n" * 99, "n" * 48),
    ],
)
def test_one_name(text: str, name: str) -> None:
    assert Names().pick(text, "gemm") == name


def test_names_differ_in_more_than_case() -> None:
    names = Names("Digits")
    picked = [names.pick(text, "x") for text in ("fc", "FC", "f.c", "f c", "fc", "digits")]
    assert picked == ["fc", "net_FC", "f_c", "f_c_n2", "fc_n2", "digits_n2"]


@given(st.lists(st.text(max_size=60), max_size=12))
def test_any_texts_give_unique_harmless_names(texts: list[str]) -> None:
    first, second = Names("net"), Names("net")
    picked = [first.pick(text, "node") for text in texts]
    assert picked == [second.pick(text, "node") for text in texts]
    assert len({name.lower() for name in picked} | {"net"}) == len(texts) + 1
    for name in picked:
        assert is_name(name)
        assert is_free(name)
        assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,60}", name)


@pytest.mark.parametrize("text", ["", "1a", "_a", "a-b", "a b", "a\n", "é"])
def test_what_is_no_name(text: str) -> None:
    assert not is_name(text)


@pytest.mark.parametrize("text", ["parameters", "defines", "soc", "soc_stream", "math", "timezone"])
def test_networks_that_could_not_be_built_get_another_name(text: str) -> None:
    assert not is_buildable(text)
    assert network_name(text) == f"net_{text}"
    assert is_free(text)  # tensors and layers keep it


@pytest.mark.parametrize("text", ["last", "x0", "y3", "s_axis", "m_axis", "end", "digits"])
def test_networks_may_be_called_like_locals_of_the_wrapper(text: str) -> None:
    assert is_buildable(text)
    assert network_name(text) == text
