"""The page of one architecture."""
