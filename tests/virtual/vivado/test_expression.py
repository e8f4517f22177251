from __future__ import annotations

import pytest

from hls4ml_soc.virtual.vivado.expression import ExpressionError, Value, evaluate, integer

VALUES: dict[str, Value] = {"PARAM_VALUE.N": "8", "MODELPARAM_VALUE.W": 64, "PARAM_VALUE.S": "User"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("MODELPARAM_VALUE.W - 1", 63),
        ("(spirit:decode(id('MODELPARAM_VALUE.W')) div 8) - 1", 7),
        ("spirit:decode(id(pow(2,spirit:decode(id('PARAM_VALUE.N')))))", 256),
        ("$PARAM_VALUE.N = 8 and not(PARAM_VALUE.N > 9)", True),
        ("PARAM_VALUE.N >= 8 && PARAM_VALUE.N <= 8 || false", True),
        ("PARAM_VALUE.S = 'USER'", True),
        ("PARAM_VALUE.S != 'none' ? 5 : 6", 5),
        ("!(PARAM_VALUE.N == 0x8)", False),
        ("not PARAM_VALUE.N = 8", False),
        ("5 div 2", 2.5),
        ("-PARAM_VALUE.N + 1", -7),
        ("max(1, 9, 3) - min(4, 2)", 7),
        ("ceiling(5 div 2) + floor(5 div 2)", 5),
        ("spirit:log(2, 8)", 3.0),
        ("concat('a', 'b') = 'ab'", True),
        ("contains('abc', 'b') and starts-with('abc', 'a')", True),
        ("spirit:containsToken('a b', 'b')", True),
        ("string-length('four') mod 3", 1.0),
        ('"101"', "101"),
        ("boolean(1) = true()", True),
        ("number('true')", 1),
    ],
)
def test_values(text: str, value: Value) -> None:
    assert evaluate(text, VALUES.__getitem__) == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 +", "expected 'a value', found 'None' in expression '1 +'"),
        ("(1", "expected ')', found 'None' in expression '(1'"),
        ("1 2", "'2' is left over in expression '1 2'"),
        ("wild(1)", "unknown function 'wild' in expression 'wild(1)'"),
        ("1 # 2", "cannot read ' # 2' in expression '1 # 2'"),
        ("'x' + 1", "'x' is not a number"),
        ("1 div 0", "division by zero"),
    ],
)
def test_mistakes(text: str, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        evaluate(text, VALUES.__getitem__)
    assert str(caught.value) == message


def test_integers_round_down() -> None:
    assert [integer(v) for v in (2.5, -0.5, "7", "0x10", True)] == [2, -1, 7, 16, 1]
