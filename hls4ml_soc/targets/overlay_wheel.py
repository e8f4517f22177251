"""An overlay as a package that ``pip`` installs on a board: with its bitstream, driver and
notebook."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

#: Files of a bundle that a package does not need: build products, and the program for a folder.
_FOLDER_ONLY = ("hardware.xsa", "run.py")

_INIT = '''"""The PYNQ overlay "{name}": ``AcceleratorOverlay("{name}.bit")``."""

from .hls4ml_overlay import *  # noqa: F403
'''

# The keys of pynq/bitstream.py, pynq/overlay.py and pynq/_cli/get_notebooks.py (2.7 to 4.0): where
# Overlay looks for a bare name, what it imports for its drivers, what `pynq get-notebooks` copies.
_ENTRY_POINTS = """\
[pynq.lib]
{name} = {package}

[pynq.notebooks]
{name} = {package}.notebooks

[pynq.overlays]
{name} = {package}
"""

# pynq itself is not required: on a board it belongs to the image, and an installer that fetched
# another would compile for an hour.
_METADATA = """\
Metadata-Version: 2.1
Name: {package}
Version: {version}
Summary: PYNQ overlay of the neural network {name} for {part}, {origin}
Requires-Python: >=3.8
"""

_WHEEL = """\
Wheel-Version: 1.0
Generator: hls4ml_soc
Root-Is-Purelib: true
Tag: py3-none-any
"""


@dataclass(frozen=True)
class OverlayWheel:
    """A wheel (PEP 427) that PYNQ finds an overlay in.

    ``version`` is that of hls4ml_soc. ``files`` is what lies in the bundle's folder, with the
    driver in ``hls4ml_overlay/`` and the notebook as ``.ipynb``."""

    name: str
    version: str
    design_id: str
    part: str
    origin: str
    files: Mapping[str, bytes]

    @property
    def package(self) -> str:
        """The package to import."""
        return f"{self.name}_overlay"

    @property
    def full_version(self) -> str:
        """A version that differs wherever the design does, so that pip replaces what it had.

        PEP 440: the part after the plus is a local version."""
        local = self.design_id.removeprefix("0x") + (".virtual" if self.origin != "vendor" else "")
        return f"{self.version}+{local}"

    @property
    def filename(self) -> str:
        """The file name, which installers read."""
        return f"{self.package}-{self.full_version}-py3-none-any.whl"

    def content(self) -> bytes:
        """Return the file: the same bytes for the same content, with the same zlib."""
        files = {**self._package(), **self._information()}
        files[f"{self._folder}/RECORD"] = self._record(files)
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as wheel:
            for path, data in files.items():
                entry = zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0))
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                wheel.writestr(entry, data)
        return archive.getvalue()

    @property
    def _folder(self) -> str:
        return f"{self.package}-{self.full_version}.dist-info"

    def _package(self) -> dict[str, bytes]:
        files = {"__init__.py": _INIT.format(name=self.name).encode(), "notebooks/__init__.py": b""}
        for path, data in self.files.items():
            if path not in _FOLDER_ONLY:
                files["notebooks/" + path if path.endswith(".ipynb") else path] = data
        return {f"{self.package}/{path}": files[path] for path in sorted(files)}

    def _information(self) -> dict[str, bytes]:
        fields = {
            "name": self.name,
            "package": self.package,
            "version": self.full_version,
            "part": self.part,
            "origin": "built with Vivado" if self.origin == "vendor" else "for a virtual board",
        }
        texts = {"METADATA": _METADATA, "WHEEL": _WHEEL, "entry_points.txt": _ENTRY_POINTS}
        return {f"{self._folder}/{n}": t.format(**fields).encode() for n, t in texts.items()}

    def _record(self, files: Mapping[str, bytes]) -> bytes:
        lines = []
        for path, data in files.items():
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            lines.append(f"{path},sha256={digest},{len(data)}")
        return "\n".join([*lines, f"{self._folder}/RECORD,,", ""]).encode()
