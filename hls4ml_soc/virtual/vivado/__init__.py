"""A stand-in for Vivado: executes the Tcl of a block design project against a model, and refuses
what Vivado refuses."""
