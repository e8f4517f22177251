"""The reader of hardware hand-off files."""

from __future__ import annotations

import pytest

from hls4ml_soc.hwh import End, HwhError, MemoryRange, Register, parse, read

TEXT = """<?xml version="1.0" encoding="UTF-8" standalone="no" ?>
<EDKSYSTEM EDWVERSION="1.2" TIMESTAMP="Thu Apr  1 13:53:53 2021" VIVADOVERSION="2019.2">
  <SYSTEMINFO ARCH="zynq" BOARD="tul.com.tw:pynq-z2:part0:1.0" DEVICE="7z020" NAME="soc"
              PACKAGE="clg400" SPEEDGRADE="-1"/>
  <EXTERNALPORTS>
    <PORT DIR="I" NAME="button" SIGIS="undef" SIGNAME="External_Ports_button">
      <CONNECTIONS><CONNECTION INSTANCE="sub_core" PORT="go"/></CONNECTIONS>
    </PORT>
  </EXTERNALPORTS>
  <EXTERNALINTERFACES>
    <BUSINTERFACE BUSNAME="ps_DDR" NAME="DDR" TYPE="INITIATOR"/>
  </EXTERNALINTERFACES>
  <MODULES>
    <MODULE FULLNAME="/ps" INSTANCE="ps" MODTYPE="processing_system7"
            VLNV="xilinx.com:ip:processing_system7:5.5">
      <PARAMETERS>
        <PARAMETER NAME="C_EN" VALUE="0"/>
        <PARAMETER NAME="PCW_CRYSTAL_PERIPHERAL_FREQMHZ" VALUE="50.000000"/>
      </PARAMETERS>
      <PORTS>
        <PORT CLKFREQUENCY="100000000" DIR="O" NAME="FCLK_CLK0" SIGIS="clk" SIGNAME="ps_FCLK_CLK0">
          <CONNECTIONS><CONNECTION INSTANCE="sub_core" PORT="ap_clk"/></CONNECTIONS>
        </PORT>
      </PORTS>
      <BUSINTERFACES>
        <BUSINTERFACE BUSNAME="ps_DDR" NAME="DDR" TYPE="INITIATOR"
                      VLNV="xilinx.com:interface:ddrx:1.0"/>
        <BUSINTERFACE BUSNAME="__NOC__" NAME="M_AXI_GP1" TYPE="MASTER"
                      VLNV="xilinx.com:interface:aximm:1.0"/>
        <BUSINTERFACE BUSNAME="ps_M_AXI_GP0" DATAWIDTH="32" NAME="M_AXI_GP0" TYPE="MASTER"
                      VLNV="xilinx.com:interface:aximm:1.0">
          <PARAMETER NAME="DATA_WIDTH" VALUE="32"/>
        </BUSINTERFACE>
      </BUSINTERFACES>
      <MEMORYMAP>
        <MEMRANGE ADDRESSBLOCK="Reg" BASEVALUE="0x43C00000" HIGHVALUE="0x43C0FFFF"
                  INSTANCE="sub_core" MASTERBUSINTERFACE="M_AXI_GP0" MEMTYPE="REGISTER"
                  SLAVEBUSINTERFACE="s_axi"/>
      </MEMORYMAP>
    </MODULE>
    <MODULE FULLNAME="/sub/core" INSTANCE="sub_core" VLNV="CERN:hls4ml:core:1.0">
      <ADDRESSBLOCKS>
        <ADDRESSBLOCK INTERFACE="s_axi">
          <REGISTERS>
            <REGISTER NAME="CTRL">
              <PROPERTY NAME="ADDRESS_OFFSET" VALUE="0"/>
              <PROPERTY NAME="ACCESS" VALUE="read-write"/>
              <FIELDS>
                <FIELD NAME="AP_START"><PROPERTY NAME="ADDRESS_OFFSET" VALUE="0"/></FIELD>
                <FIELD NAME="AP_DONE"/>
              </FIELDS>
            </REGISTER>
            <REGISTER NAME="rows"><PROPERTY NAME="ADDRESS_OFFSET" VALUE="0x10"/></REGISTER>
          </REGISTERS>
        </ADDRESSBLOCK>
      </ADDRESSBLOCKS>
      <PARAMETERS>
        <PARAMETER NAME="C_Width" VALUE="0x10"/>
        <PARAMETER NAME="c_width" VALUE="7"/>
        <PARAMETER NAME="HAS_LAST" VALUE="true"/>
        <PARAMETER NAME="LABEL" VALUE="many"/>
        <PARAMETER NAME="EMPTY"/>
      </PARAMETERS>
      <PORTS>
        <PORT DIR="I" NAME="ap_clk" SIGIS="clk" SIGNAME="ps_FCLK_CLK0">
          <CONNECTIONS><CONNECTION INSTANCE="ps" PORT="FCLK_CLK0"/></CONNECTIONS>
        </PORT>
        <PORT DIR="I" NAME="go" SIGNAME="External_Ports_button">
          <CONNECTIONS><CONNECTION INSTANCE="External_Ports" PORT="button"/></CONNECTIONS>
        </PORT>
        <PORT DIR="I" NAME="open" SIGIS="undef"/>
        <PORT DIR="I" NAME="outside">
          <CONNECTIONS><CONNECTION INSTANCE="External_Ports" PORT="absent"/></CONNECTIONS>
        </PORT>
        <PORT DIR="I" NAME="boundary">
          <CONNECTIONS><CONNECTION INSTANCE="ps" PORT="listed_nowhere"/></CONNECTIONS>
        </PORT>
        <PORT DIR="O" LEFT="7" NAME="nibble" RIGHT="4" SIGIS="undef"/>
        <PORT DIR="O" LEFT="15" NAME="m_axis_tdata" RIGHT="0" SIGIS="undef"/>
      </PORTS>
      <BUSINTERFACES>
        <BUSINTERFACE BUSNAME="__NOC__" NAME="s_axi_spare" TYPE="SLAVE"/>
        <BUSINTERFACE BUSNAME="ps_M_AXI_GP0" NAME="s_axi" TYPE="SLAVE"
                      VLNV="xilinx.com:interface:aximm:1.0"/>
        <BUSINTERFACE BUSNAME="sub_core_m_axis" NAME="m_axis" TYPE="INITIATOR"
                      VLNV="xilinx.com:interface:axis:1.0">
          <PORTMAPS><PORTMAP LOGICAL="TDATA" PHYSICAL="m_axis_tdata"/></PORTMAPS>
        </BUSINTERFACE>
      </BUSINTERFACES>
    </MODULE>
    <MODULE FULLNAME="/ila" INSTANCE="ila" MODTYPE="system_ila"
            VLNV="xilinx.com:ip:system_ila:1.1">
      <BUSINTERFACES>
        <BUSINTERFACE BUSNAME="sub_core_m_axis" NAME="SLOT_0_AXIS" TYPE="MONITOR"
                      VLNV="xilinx.com:interface:axis:1.0"/>
        <BUSINTERFACE BUSNAME="ps_M_AXI_GP0" NAME="SLOT_1_AXI" TYPE="MONITOR"
                      VLNV="xilinx.com:interface:aximm:1.0"/>
      </BUSINTERFACES>
    </MODULE>
  </MODULES>
</EDKSYSTEM>
"""


@pytest.fixture(scope="module")
def design():
    return parse(TEXT)


def error(function, *arguments):
    with pytest.raises(HwhError) as failure:
        function(*arguments)
    return str(failure.value)


def test_system(design):
    assert (design.name, design.arch, design.vivado) == ("soc", "zynq", "2019.2")
    assert (design.device, design.package, design.speed) == ("7z020", "clg400", "-1")
    assert design.board == "tul.com.tw:pynq-z2:part0:1.0"
    assert list(design.modules) == ["ps", "sub_core", "ila"]


def test_module(design):
    core = design.module("sub/core")
    assert core is design.module("/sub/core") is design.module("sub_core")
    assert (core.name, core.full_name) == ("sub_core", "/sub/core")
    assert (core.kind, core.vlnv) == ("core", "CERN:hls4ml:core:1.0")
    assert core.registers == (
        Register("CTRL", "s_axi", 0, "read-write", ("AP_START", "AP_DONE")),
        Register("rows", "s_axi", 0x10, "", ()),
    )
    assert design.of_kind("core", "processing_system7") == (design.module("ps"), core)


def test_parameters(design):
    core = design.module("sub_core")
    assert (core.parameter("C_Width"), core.parameter("c_width")) == ("0x10", "7")
    assert core.parameter("EMPTY") == ""
    assert (core.number("C_WIDTH"), core.number("HAS_LAST")) == (16, 1)
    assert error(core.parameter, "C_DEPTH") == (
        "sub_core (CERN:hls4ml:core:1.0) has no parameter C_DEPTH"
    )
    assert error(core.number, "LABEL") == "parameter LABEL of sub_core is not a number: 'many'"


def test_ports(design):
    core = design.module("sub_core")
    assert (core.port("m_axis_tdata").width, core.port("m_axis_tdata").direction) == (16, "O")
    assert core.port("nibble").width == 4
    assert (core.port("ap_clk").width, core.port("ap_clk").signal) == (1, "ps_FCLK_CLK0")
    assert error(core.port, "ap_rst") == "sub_core (CERN:hls4ml:core:1.0) has no pin ap_rst"


def test_interfaces(design):
    ps, core = design.module("ps"), design.module("sub_core")
    assert ps.interface("M_AXI_GP0").parameters == {"DATA_WIDTH": "32"}
    assert ps.interface("M_AXI_GP0").is_source and not core.interface("s_axi").is_source
    assert core.interface("m_axis").portmaps == {"TDATA": "m_axis_tdata"}
    assert core.interface("m_axis").kind == "axis"
    assert core.interface("s_axi_spare").kind == ""
    assert core.streams(source=True) == (core.interface("m_axis"),)
    assert core.streams(source=False) == design.module("ila").streams(source=False) == ()
    assert error(core.interface, "S_AXI") == (
        "sub_core (CERN:hls4ml:core:1.0) has no interface S_AXI (it has s_axi_spare, s_axi, m_axis)"
    )


def test_memory_map(design):
    (mapped,) = design.module("ps").memory_map
    assert mapped == MemoryRange(
        "sub_core", "Reg", 0x43C0_0000, 0x43C0_FFFF, "M_AXI_GP0", "s_axi", "REGISTER"
    )
    assert 0x43C0_0000 in mapped and 0x43C0_FFFF in mapped and 0x43C1_0000 not in mapped
    assert str(mapped) == "sub_core/s_axi 0x43c00000..0x43c0ffff"


def test_peer(design):
    assert design.peer("ps", "M_AXI_GP0") == End("sub_core", "s_axi")
    assert design.peer("sub/core", "s_axi") == End("ps", "M_AXI_GP0")
    assert design.peer("ps", "M_AXI_GP1") is None  # not connected
    assert design.peer("sub_core", "m_axis") is None  # but for a monitor
    assert design.peer("ps", "DDR") is None  # leaves the design


def test_several_peers_are_an_error():
    text = TEXT.replace('TYPE="MONITOR"', 'TYPE="SLAVE"')
    assert error(parse(text).peer, "ps", "M_AXI_GP0") == (
        "ps/M_AXI_GP0 has several other ends: sub_core/s_axi, ila/SLOT_1_AXI"
    )


def test_driver(design):
    assert design.driver("sub_core", "ap_clk") == End("ps", "FCLK_CLK0")
    assert design.driver("ps", "FCLK_CLK0") == End("ps", "FCLK_CLK0")
    assert design.driver("sub_core", "go") == End("External_Ports", "button")
    assert design.driver("sub_core", "open") is None
    assert design.driver("sub_core", "boundary") is None
    assert design.driver("sub_core", "outside") is None


def test_unknown_cell(design):
    assert error(design.module, "dma") == ("design soc has no cell dma (it has ps, sub_core, ila)")


def test_read_names_the_file(tmp_path):
    path = tmp_path / "soc.hwh"
    assert error(read, path) == f"{path}: No such file or directory"
    path.write_bytes(b"\xff\xfe")
    assert error(read, path) == f"{path}: not UTF-8 text"
    path.write_text("<EDKSYSTEM>")
    assert error(read, path) == f"{path}: not XML (no element found: line 1, column 11)"
    path.write_text("<project/>")
    assert error(read, path) == (
        f"{path}: not a hardware hand-off file (root is project, not EDKSYSTEM)"
    )
    path.write_text(TEXT)
    assert read(path) == parse(TEXT)


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("<SYSTEMINFO ", "<NOTHING ", "no SYSTEMINFO"),
        ('DEVICE="7z020"', "", "SYSTEMINFO soc has no DEVICE"),
        ('INSTANCE="ila" ', "", "MODULE has no INSTANCE"),
        ('INSTANCE="ila"', 'INSTANCE="ps"', "two cells are called ps"),
        ('RIGHT="0"', "", "PORT m_axis_tdata has no RIGHT"),
        ('LEFT="15"', 'LEFT="N-1"', "pin m_axis_tdata has the bounds N-1:0"),
        (
            'ADDRESS_OFFSET" VALUE="0x10"',
            'ADDRESS_OFFSET" VALUE="last"',
            "register rows has the offset 'last'",
        ),
        ('DIR="O" LEFT', "LEFT", "PORT nibble has no DIR"),
        ('HIGHVALUE="0x43C0FFFF"', "", "MEMRANGE sub_core has no HIGHVALUE"),
        (
            'BASEVALUE="0x43C00000"',
            'BASEVALUE="here"',
            "address range here..0x43C0FFFF of ps is not hexadecimal",
        ),
    ],
)
def test_damage_is_named(old, new, message):
    assert old in TEXT
    assert error(parse, TEXT.replace(old, new), "soc.hwh") == f"soc.hwh: {message}"
