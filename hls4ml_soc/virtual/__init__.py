"""The virtual lab: models of vendor tools and boards that execute what ships.

Nothing here imports the rest of the package but the number codec and the ``.hwh`` reader: all else
is learnt from the artefacts themselves (Tcl, C++, ``.hwh``, ``.bit``, ELF).
"""
