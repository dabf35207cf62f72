"""One file a verb: a story of calls, no logic."""
