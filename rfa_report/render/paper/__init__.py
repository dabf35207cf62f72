"""What is attached to a paper: TeX, Typst, BibTeX, figures, badges, numbers."""
