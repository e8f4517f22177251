"""Reading hls4ml projects from their files alone."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from hls4ml_soc import frontends
from hls4ml_soc.accelerator import Accelerator, Tensor
from hls4ml_soc.errors import ModelError
from hls4ml_soc.fixed_point import FixedPoint
from tests import networks

TCL = """variable project_name
set project_name "net"
variable backend
set backend "vitis"
set part "xc7z020clg400-1"
set clock_period 5
set clock_uncertainty 27%
"""

# Arguments in another order than the shapes below, which hls4ml sorts by name.
HEADER = """#ifndef NET_H_
#define NET_H_
#include "defines.h"

// void net(old_t a[1]);
void net(
    input_t x[8*8*3], /* the
        image */
    input2_t a[N_INPUT_1_2],
    layer9_t layer9_out[6],
    result_t layer14_out[3]  // logits
);
#endif
"""

DEFINES = """#define N_INPUT_1_2 4
typedef ap_fixed<16,6> input_t;
typedef ap_ufixed<8, 0, AP_RND, AP_SAT> input2_t;
typedef ap_fixed<38,18> layer9_t; // typedef ap_int<3> layer9_t;
typedef ap_int<7> result_t;
"""

CONFIG = """Backend: Vitis
ClockPeriod: 5
InputShapes:
  a: [4]
  x: [8, 8, 3]
IOType: io_parallel
KerasModel: !keras_model 'model.keras'
OnnxModel: !!python/object:qonnx.core.modelwrapper.ModelWrapper
  _model_proto: !!python/object/apply:onnx.onnx_ml_pb2.ModelProto
    state: !!binary |
      CAgS
OutputShapes:
  layer14_out: [3]
  layer9_out: !!python/tuple
  - !!python/object/apply:numpy.core.multiarray.scalar
    - !!python/object/apply:numpy.dtype
      args: [i8, false, true]
    - !!binary |
      BgAAAAAAAAA=
Part: xc7z020clg400-1
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write a small project, as far as `Accelerator` reads it."""
    firmware = tmp_path / "project" / "firmware"
    (firmware / "weights").mkdir(parents=True)
    (firmware / "nnet_utils").mkdir()
    texts = {
        "../project.tcl": TCL,
        "../hls4ml_config.yml": CONFIG,
        "net.h": HEADER,
        "defines.h": DEFINES,
        "net.cpp": "source",
        "parameters.h": "parameters",
        "weights/w2.h": "weights",
        "weights/w2.txt": "1, 2",
        "nnet_utils/nnet_dense.h": "dense",
    }
    for name, text in texts.items():
        (firmware / name).write_text(text)
    return tmp_path / "project"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def refusal(folder: Path) -> str:
    """Return the message without the project's path in front."""
    with pytest.raises(ModelError) as error:
        Accelerator.read(folder)
    return str(error.value).replace(f"{folder}/", "").removeprefix(f"{folder}: ")


def test_order_shapes_and_formats(folder: Path) -> None:
    accelerator = Accelerator.read(folder)
    assert accelerator == Accelerator(
        name="net",
        io_type="io_parallel",
        inputs=(
            Tensor("x", (8, 8, 3), FixedPoint(16, 6), "input_t"),
            Tensor("a", (4,), FixedPoint(8, 0, False, "RND", "SAT"), "input2_t"),
        ),
        outputs=(
            Tensor("layer9_out", (6,), FixedPoint(38, 18), "layer9_t"),
            Tensor("layer14_out", (3,), FixedPoint.parse("ap_int<7>"), "result_t"),
        ),
        clock_ns=5.0,
        part="xc7z020clg400-1",
        backend="Vitis",
        namespace="",
        project=folder,
        clock_uncertainty="27%",
    )
    assert [tensor.size for tensor in accelerator.inputs] == [192, 4]


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("set clock_period 5", 5.0),
        ("set clock_period 10ns", 10.0),
        ('set clock_period "6.25 ns"', 6.25),
        ("set clock_period 2500ps", 2.5),
        ("set clock_period 1e-2us", 10.0),
        ("set clock_period 200MHz", 5.0),
        ("", 5.0),
    ],
)
def test_clock_periods(folder: Path, text: str, period: float) -> None:
    edit(folder / "project.tcl", "set clock_period 5", text)
    assert Accelerator.read(folder).clock_ns == pytest.approx(period)


@pytest.mark.parametrize("text", ["fast", "0", "1.2.3", ".", "5 parsec", "-5"])
def test_clock_periods_that_are_none(folder: Path, text: str) -> None:
    edit(folder / "project.tcl", "clock_period 5", f"clock_period {text}")
    assert refusal(folder) == f"project.tcl: cannot read the clock period {text!r}"


def test_a_namespace(folder: Path) -> None:
    header = folder / "firmware" / "net.h"
    edit(header, "// void net(old_t a[1]);", "namespace nets {")
    edit(header, "#endif", "}\n#endif")
    edit(header, "layer9_t layer9_out", "nets::layer9_t layer9_out")
    accelerator = Accelerator.read(folder)
    assert accelerator.namespace == "nets"
    assert accelerator.outputs[0].type_name == "nets::layer9_t"


def test_streams(folder: Path) -> None:
    header = folder / "firmware" / "net.h"
    for bound in ("x[8*8*3]", "a[N_INPUT_1_2]", "layer9_out[6]", "layer14_out[3]"):
        name = bound.split("[")[0]
        edit(header, f" {bound}", f" &{name}")
    for kind in ("input_t", "input2_t", "layer9_t", "result_t"):
        edit(header, f"    {kind} ", f"    hls::stream<{kind}> ")
    defines = folder / "firmware" / "defines.h"
    edit(defines, "ap_fixed<16,6> input_t", "nnet::array<ap_fixed<16,6>, 3*1> input_t")
    edit(defines, "typedef ap_int<7> ", "typedef nnet::array< ap_int<7> , 6/2> ")
    accelerator = Accelerator.read(folder)
    assert accelerator.io_type == "io_stream"
    assert [(t.lanes, t.words) for t in accelerator.inputs] == [(3, 64), (1, 4)]
    assert [(t.lanes, t.words) for t in accelerator.outputs] == [(1, 6), (3, 1)]
    edit(defines, "3*1> input_t", "5*1> input_t")
    assert refusal(folder) == (
        "firmware/net.h: x: words of 5 elements do not hold the 192 elements evenly"
    )
    edit(defines, "5*1> input_t", "5+1> input_t")
    assert refusal(folder).startswith("firmware/defines.h: input_t: ")
    edit(defines, "5+1> input_t", "LANES> input_t")
    assert refusal(folder) == (
        "firmware/defines.h: cannot read 'typedef nnet::array<ap_fixed<16,6>, LANES> input_t;'"
    )


def test_an_older_project_without_shapes(folder: Path) -> None:
    config = folder / "hls4ml_config.yml"
    config.write_text("Backend: Vivado\nClockPeriod: 5\nIOType: io_parallel\n")
    edit(folder / "project.tcl", 'set backend "vitis"\n', "")
    accelerator = Accelerator.read(folder)
    assert accelerator.backend == "Vivado"
    assert [(t.name, t.shape) for t in accelerator.inputs] == [("x", (8, 8, 3)), ("a", (4,))]
    assert [(t.name, t.shape) for t in accelerator.outputs] == [
        ("layer9_out", (6,)),
        ("layer14_out", (3,)),
    ]


def streams_of_an_older_project(folder: Path) -> None:
    """Make a project one of hls4ml 1.0 with streams: bounds only in the bridge."""
    (folder / "hls4ml_config.yml").write_text("Backend: Vivado\n")
    (folder / "firmware" / "net.h").write_text(
        "void net(hls::stream<input_t> &x, hls::stream<layer9_t> &layer2_out);"
    )
    types = "typedef nnet::array<ap_fixed<16,6>, 3*1> input_t;\n"
    types += "typedef nnet::array<ap_fixed<16,6>, 4*1> layer9_t;\n"
    (folder / "firmware" / "defines.h").write_text(f"#define N_IN_1 5\n#define N_IN_2 3\n{types}")
    (folder / "net_bridge.cpp").write_text(
        "void net_double(\n  double x[1],\n  double layer2_out[1]\n) {\n}\n"
        "void net_float(\n  float x[N_IN_1*N_IN_2],\n  float layer2_out[8]\n) {\n}\n"
    )


def test_an_older_project_with_streams_and_without_shapes(folder: Path) -> None:
    streams_of_an_older_project(folder)
    accelerator = Accelerator.read(folder)
    assert [(t.name, t.shape, t.lanes) for t in accelerator.inputs] == [("x", (5, 3), 3)]
    assert [(t.name, t.shape) for t in accelerator.outputs] == [("layer2_out", (8,))]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("net_float", "net_half", "net_bridge.cpp: declares no function 'void net_float(...)'"),
        ("float x[N_IN_1*N_IN_2]", "float *x", "net_bridge.cpp:7: cannot read the argument "),
        ("layer2_out[8]", "layer2_out[7]", "words of 4 elements do not hold the 7 elements evenly"),
    ],
)
def test_an_older_project_whose_shapes_cannot_be_read(
    folder: Path, old: str, new: str, message: str
) -> None:
    streams_of_an_older_project(folder)
    edit(folder / "net_bridge.cpp", old, new)
    assert message in refusal(folder)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "firmware/net.h",
            "result_t layer14_out[3]",
            "result_t layer14_out[3],\n    w2_t w2[288]",
            "firmware/net.h: w2: neither input nor output of the network. Weights that are "
            "arguments (BramFactor) are not supported: write the project again without BramFactor",
        ),
        (
            "firmware/net.h",
            "    layer9_t layer9_out[6],\n",
            "",
            "firmware/net.h: net has no argument layer9_out",
        ),
        (
            "firmware/net.h",
            "    layer9_t layer9_out[6]",
            "layer9_t *layer9_out",
            "firmware/net.h:10: cannot read the argument 'layer9_t *layer9_out': neither array nor "
            "hls::stream",
        ),
        (
            "firmware/net.h",
            "N_INPUT_1_2",
            "N_INPUT_9_9",
            "firmware/net.h:9: cannot read the argument 'input2_t a[N_INPUT_9_9]': neither array "
            "nor hls::stream",
        ),
        (
            "firmware/net.h",
            "layer14_out[3]",
            "layer14_out[4]",
            "firmware/net.h: layer14_out has 4 elements, but hls4ml_config.yml gives it the shape "
            "(3,)",
        ),
        (
            "firmware/net.h",
            "layer9_t layer9_out[6]",
            "hls::stream<layer9_t> &layer9_out",
            "firmware/net.h: net mixes arrays and streams",
        ),
        (
            "firmware/net.h",
            "void net(\n",
            "void other(\n",
            "firmware/net.h: declares no function 'void net(...)'",
        ),
        (
            "firmware/defines.h",
            "typedef ap_int<7> result_t;",
            "",
            "firmware/defines.h: does not define the type result_t",
        ),
        (
            "hls4ml_config.yml",
            "x: [8, 8, 3]",
            "x: [8, null, 3]",
            "hls4ml_config.yml: cannot read the shape of x",
        ),
        (
            "hls4ml_config.yml",
            CONFIG,
            "- a list",
            "hls4ml_config.yml: not the YAML that hls4ml writes: no mapping at its top",
        ),
        (
            "project.tcl",
            '"vitis"',
            '"quartus"',
            "written for hls4ml's backend 'quartus'; write it again with "
            "backend='Vitis' or 'Vivado'",
        ),
        (
            "project.tcl",
            '"net"',
            '"my net"',
            "project.tcl: project name 'my net': must be a letter followed by letters, digits and "
            "underscores",
        ),
    ],
)
def test_refused(folder: Path, file: str, old: str, new: str, message: str) -> None:
    edit(folder / file, old, new)
    assert refusal(folder) == message


@pytest.mark.parametrize("kind", ["float", "double", "ap_float<16,5>", "std::bfloat16_t"])
def test_floating_point_is_refused_by_name(folder: Path, kind: str) -> None:
    edit(folder / "firmware" / "defines.h", "ap_int<7>", kind)
    assert refusal(folder).startswith(f"firmware/defines.h: result_t: {kind!r} is no number format")


def test_broken_yaml(folder: Path) -> None:
    edit(folder / "hls4ml_config.yml", "Part:", "Part: [")
    message = refusal(folder)
    assert message.startswith("hls4ml_config.yml: not the YAML that hls4ml writes: ")
    assert "\n" not in message


@pytest.mark.parametrize("file", ["net.h", "net.cpp", "defines.h", "parameters.h"])
def test_a_missing_file(folder: Path, file: str) -> None:
    (folder / "firmware" / file).unlink()
    assert refusal(folder) == f"firmware/{file}: missing; let hls4ml write the project again"


@pytest.mark.parametrize("file", ["project.tcl", "hls4ml_config.yml"])
def test_other_folders(folder: Path, file: str) -> None:
    (folder / file).unlink()
    assert refusal(folder) == (
        "not an hls4ml project of the Vitis or Vivado backend; it has no hls4ml_config.yml beside "
        "a project.tcl"
    )


def test_the_digest_is_of_what_is_computed(folder: Path, tmp_path: Path) -> None:
    digest = Accelerator.read(folder).digest()
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    edit(copy / "project.tcl", "clock_period 5", "clock_period 10")
    edit(copy / "hls4ml_config.yml", "Backend", "Stamp: 1234abcd\nBackend")
    (copy / "firmware" / "net-1234abcd.so").write_bytes(b"built")
    assert Accelerator.read(copy).digest() == digest
    assert len(digest) == 64
    for name in (
        "net.cpp",
        "parameters.h",
        "weights/w2.h",
        "weights/w2.txt",
        "nnet_utils/nnet_dense.h",
    ):
        path = copy / "firmware" / name
        text = path.read_text()
        path.write_text(text + " ")
        assert Accelerator.read(copy).digest() != digest, name
        path.write_text(text)
    (copy / "firmware" / "weights" / "w3.txt").touch()
    assert Accelerator.read(copy).digest() != digest
    (copy / "firmware" / "weights" / "w3.txt").unlink()
    (copy / "firmware" / "weights" / "w2.txt").rename(copy / "firmware" / "weights" / "w9.txt")
    assert Accelerator.read(copy).digest() != digest
    assert replace(Accelerator.read(folder), name="other").digest() != digest


def test_outputs_come_in_the_order_of_the_network(tmp_path: Path) -> None:
    net = networks.two_by_two()
    net.graph.output.reverse()
    source = frontends.read(networks.save(net, tmp_path / "net.onnx"))
    folder = source.project(tmp_path / "project", name="net", part="xc7z020", clock_ns=10)
    outputs = Accelerator.read(folder).outputs
    assert [(t.name, t.shape) for t in outputs] == [("layer12_out", (2,)), ("layer7_out", (3,))]


@pytest.mark.parametrize("io_type", ["io_parallel", "io_stream"])
def test_what_the_front_end_writes(tmp_path: Path, io_type: str) -> None:
    source = frontends.read(networks.save(networks.two_by_two(), tmp_path / "net.onnx"))
    settings = {"name": "net", "part": "xc7z020clg400-1", "clock_ns": 6.25, "io_type": io_type}
    accelerator = Accelerator.read(source.project(tmp_path / "project", **settings))
    lanes = [4, 6, 3, 2] if io_type == "io_stream" else [1] * 4
    tensors = (*accelerator.inputs, *accelerator.outputs)
    assert [t.name for t in tensors] == ["in_a", "in_b", "layer7_out", "layer12_out"]
    assert [t.shape for t in tensors] == [(4,), (6,), (3,), (2,)]
    assert [t.lanes for t in tensors] == lanes
    assert {str(t.precision) for t in tensors} == {"ap_fixed<16,6,AP_TRN,AP_WRAP,0>"}
    assert (accelerator.clock_ns, accelerator.io_type) == (6.25, io_type)


def test_an_image_keeps_its_shape(tmp_path: Path) -> None:
    source = frontends.read(networks.save(networks.image(), tmp_path / "net.onnx"))
    folder = source.project(tmp_path / "project", name="net", part="xc7z020", clock_ns=10)
    (image,) = Accelerator.read(folder).inputs
    assert (image.name, image.shape, image.size) == ("image", (4, 4), 16)


@pytest.mark.parametrize("name", ["parameters", "defines", "soc", "math"])
def test_names_that_hide_a_header_or_a_declaration(folder: Path, name: str) -> None:
    edit(folder / "project.tcl", '"net"', f'"{name}"')
    assert refusal(folder) == (
        f"project.tcl: project name '{name}': a header or a declaration of C++, HLS, hls4ml or the "
        "wrapper has this name and the build would take one for the other; let hls4ml write the "
        "project under another name"
    )


@pytest.mark.parametrize("text", ["27%", "1.25", "2 ns", ""])
def test_clock_uncertainties(folder: Path, text: str) -> None:
    digest = Accelerator.read(folder).digest()
    edit(folder / "project.tcl", "uncertainty 27%", f"uncertainty {text}")
    accelerator = Accelerator.read(folder)
    assert accelerator.clock_uncertainty == text
    assert (accelerator.digest() == digest) == (text == "27%")


def test_a_clock_uncertainty_that_is_none(folder: Path) -> None:
    edit(folder / "project.tcl", "uncertainty 27%", "uncertainty [exit]")
    assert refusal(folder) == "project.tcl: cannot read the clock uncertainty '[exit]'"
