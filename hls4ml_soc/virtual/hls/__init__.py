"""Stand-ins for Vitis HLS and Vivado HLS, and the emulation of the IP cores that they export."""
