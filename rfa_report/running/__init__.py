"""Many models at once: tasks, workers, a cluster, the cache of their outcomes, progress."""
