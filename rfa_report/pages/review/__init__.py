"""What a reviewer reads of a comparison."""
