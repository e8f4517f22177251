"""Stand-ins for v++ and emconfigutil: kernels compiled by g++, linked for the virtual card."""
