"""How anything is said, once: verdicts, layers, numbers, operators, changes, what differs across resolutions."""
