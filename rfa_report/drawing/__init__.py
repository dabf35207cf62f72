"""Reports -> pictures: what a drawing shows, as values, and the SVG that shows it, side by side."""
