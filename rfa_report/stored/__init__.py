"""Where reports lie: sides of a comparison, revisions, committed reports, tags, bundles."""
