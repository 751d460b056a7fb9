"""The page to look at: what a run read, linked, worked out and sent, as one file that loads nothing."""
