"""A review as a comment, as annotations, as JUnit."""
