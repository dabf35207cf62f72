"""The words of the project: plain values that every other room speaks in. Standard library and numpy only."""
