"""Pages about several architectures: index, families, resolutions, operators, history."""
