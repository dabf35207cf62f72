"""Page data -> text: Markdown and HTML by templates, SVG by our own code."""
