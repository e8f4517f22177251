"""A virtual Alveo card: the device process under the real XRT's software emulation."""
