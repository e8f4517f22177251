"""What is read of an .xclbin, the container of a data-centre card's design (``xclbin.h`` of
XRT)."""

from __future__ import annotations

import uuid as uuids

from .errors import ToolError

_MAGIC, _UUID = b"xclbin2\0", slice(416, 432)


def uuid(content: bytes, name: str) -> str:
    """Return the UUID that XRT will report for a file's content.

    Raises ToolError for what is no .xclbin."""
    if content[:8] != _MAGIC or len(content) < 456:
        raise ToolError(f"{name} is no .xclbin: the link step wrote something else")
    return str(uuids.UUID(bytes=content[_UUID]))
