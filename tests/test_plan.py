"""The build as a value."""

import pytest

from hls4ml_soc.plan import Plan, Step

HLS = Step("HLS", "vitis_hls", ("run_hls.tcl",), "hls", {"ip": "component.xml"})
VIVADO = Step("Vivado", "vivado", ("build.tcl",), "vivado", {"bit": "soc.bit"})
PLAN = Plan(
    {"hls/a.cpp": "a", "vivado/b.tcl": "b", "driver.py": "c"}, (HLS, VIVADO), {"project": "1"}
)


@pytest.mark.parametrize("name", ["/etc/passwd", "../outside", "hls/../../outside"])
def test_a_file_outside_the_folder_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"'{name}' would be written outside the output folder"):
        Plan({name: ""})


def test_two_plans_may_not_write_the_same_file() -> None:
    with pytest.raises(ValueError, match="^both plans write hls/a.cpp$"):
        PLAN + Plan({"hls/a.cpp": "other"})


def test_the_sum_does_one_plan_then_the_other() -> None:
    both = Plan({"x": "1"}, (HLS,), {"a": "1"}) + Plan({"y": "2"}, (VIVADO,), {"b": "2"})
    assert both == Plan({"x": "1", "y": "2"}, (HLS, VIVADO), {"a": "1", "b": "2"})


def test_equal_plans_have_equal_digests_and_others_do_not() -> None:
    same = Plan(dict(reversed(PLAN.files.items())), PLAN.steps, PLAN.inputs)
    assert same.digest() == PLAN.digest()
    others = (
        Plan(PLAN.files | {"hls/a.cpp": "A"}, PLAN.steps, PLAN.inputs),
        Plan(PLAN.files, (HLS,), PLAN.inputs),
        Plan(PLAN.files, PLAN.steps, {"project": "2"}),
    )
    assert len({plan.digest() for plan in (PLAN, *others)}) == 4


def test_the_key_of_a_step_holds_what_it_and_earlier_steps_read() -> None:
    def changed(name: str) -> Plan:
        return Plan(PLAN.files | {name: "changed"}, PLAN.steps, PLAN.inputs)

    assert changed("driver.py").key(VIVADO) == PLAN.key(VIVADO)
    assert changed("vivado/b.tcl").key(HLS) == PLAN.key(HLS)
    assert changed("vivado/b.tcl").key(VIVADO) != PLAN.key(VIVADO)
    assert changed("hls/a.cpp").key(VIVADO) != PLAN.key(VIVADO)
    assert Plan(PLAN.files, PLAN.steps, {"project": "2"}).key(VIVADO) != PLAN.key(VIVADO)


def test_a_file_that_is_right_keeps_its_date(tmp_path) -> None:
    PLAN.write(tmp_path)
    before = (tmp_path / "hls/a.cpp").stat().st_mtime_ns
    (tmp_path / "vivado/b.tcl").write_text("spoilt")
    PLAN.write(tmp_path)
    assert (tmp_path / "hls/a.cpp").stat().st_mtime_ns == before
    assert (tmp_path / "vivado/b.tcl").read_text() == "b"


def test_a_step_reads_as_one_types_it() -> None:
    assert str(Step("x", "tool", ("-a", "b c"), "there")) == "there$ tool -a 'b c'"
