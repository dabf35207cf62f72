"""Real small networks in two versions each, and what a review has to be told."""
