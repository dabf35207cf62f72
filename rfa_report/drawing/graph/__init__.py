"""The architecture as a graph: what its nodes stand for, where they lie, how they are drawn."""
