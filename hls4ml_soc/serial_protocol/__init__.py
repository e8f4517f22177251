"""The host's side of ``docs/protocol.md``: frames, requests that survive noise, the board."""
