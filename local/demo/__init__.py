"""`make demo`: everything on this machine, the main job on sample rows through the real doors, then a portal to try."""
