"""What to say when a machine refuses."""

from __future__ import annotations

from ...errors import LinkError, SocError
from .data.wire import Refused
from .service import Advice


def refusal(error: Refused, where: str, advice: Advice) -> SocError:
    """Return the sentence for what a board refuses."""
    if error.kind == "busy":
        return LinkError(
            f"{where} is in use by another deployment ({error}): wait for it to end; a broken one "
            "gives the board back within a minute"
        )
    if error.kind in ("ENOSPC", "EDQUOT"):
        return LinkError(
            f"{where}: the disk of the board is full ({error}); nothing was changed there. Remove "
            "files, and old bundles in ~/hls4ml_soc"
        )
    if error.kind in ("EROFS", "EACCES", "EPERM"):
        return LinkError(f"{where}: {error}. {advice.read_only}; nothing was changed there")
    if error.kind == "digest":
        return LinkError(f"{where}: {error} reads back other than it was sent: {advice.digest}")
    return LinkError(f"{where}: {error}")
