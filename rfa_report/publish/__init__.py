"""Text -> files: one output folder, staged, and built into a site by MkDocs."""
