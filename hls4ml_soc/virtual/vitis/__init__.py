"""Stand-ins for the vendor's tools that make programs of processors and load boards."""
