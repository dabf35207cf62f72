"""Report -> page data: plain values that templates print; no Jinja, no files, no arithmetic left over."""
