"""The walls of the house: who may import whom, and who may do what."""

import ast
from pathlib import Path

import pytest

import hls4ml_soc

PACKAGE = Path(hls4ml_soc.__file__).parent
MODULES = {
    ".".join(("hls4ml_soc", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(
        ".__init__"
    ): path
    for path in sorted(PACKAGE.rglob("*.py"))
    if "data" not in path.relative_to(PACKAGE).parts
}
#: What the virtual lab may share with the product: the codec and the reader of .hwh.
SHARED = {"hls4ml_soc.fixed_point", "hls4ml_soc.packing", "hls4ml_soc.hwh"}
#: Modules that may start processes.
RUNNERS = {"hls4ml_soc.processes"}


def imports(module: str) -> set[str]:
    """The modules of ours that a module imports, anywhere in it."""
    path = MODULES[module]
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            parts = (
                package.split(".")[: len(package.split(".")) - (node.level - 1)]
                if node.level
                else []
            )
            base = ".".join([*parts, *([node.module] if node.module else [])])
            for alias in node.names:
                whole = f"{base}.{alias.name}"
                found.add(whole if whole in MODULES else base)
    return {name for name in found if name.split(".")[0] == "hls4ml_soc"}


def uses(module: str, *names: str) -> bool:
    """Whether a module imports one of some modules of the standard library."""
    for node in ast.walk(ast.parse(MODULES[module].read_text())):
        if isinstance(node, ast.Import) and any(a.name.split(".")[0] in names for a in node.names):
            return True
        if (
            isinstance(node, ast.ImportFrom)
            and not node.level
            and (node.module or "").split(".")[0] in names
        ):
            return True
    return False


def is_virtual(module: str) -> bool:
    return module.startswith("hls4ml_soc.virtual")


@pytest.mark.parametrize("module", [m for m in MODULES if is_virtual(m)])
def test_the_lab_knows_nothing_of_the_product(module: str) -> None:
    assert {name for name in imports(module) if not is_virtual(name)} <= SHARED


@pytest.mark.parametrize("module", [m for m in MODULES if not is_virtual(m)])
def test_the_product_knows_nothing_of_the_lab(module: str) -> None:
    assert not [name for name in imports(module) if is_virtual(name)]


@pytest.mark.parametrize("module", [m for m in MODULES if not is_virtual(m) and m not in RUNNERS])
def test_only_one_module_starts_processes(module: str) -> None:
    assert not uses(module, "subprocess", "multiprocessing")


@pytest.mark.parametrize("module", sorted(SHARED - {"hls4ml_soc.hwh"}))
def test_the_codec_ships_alone(module: str) -> None:
    assert not imports(module)


def test_only_the_command_line_prints() -> None:
    printing = [
        module
        for module, path in MODULES.items()
        if not is_virtual(module) and module != "hls4ml_soc.board.table"  # a page for docs/
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
        and not any(keyword.arg == "file" for keyword in node.keywords)
    ]
    assert printing == []


def test_no_board_is_named_outside_its_file() -> None:
    from hls4ml_soc.board import names

    naming = [m for m, path in MODULES.items() if any(name in path.read_text() for name in names())]
    assert naming == []
