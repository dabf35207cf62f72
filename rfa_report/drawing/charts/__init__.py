"""Charts over layers and over resolutions."""
