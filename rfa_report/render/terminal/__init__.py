"""Reports and reviews for the terminal."""
