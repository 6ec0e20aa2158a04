"""One file a system: its laboratory and its facts (`FAMILY`)."""
