"""The verbs, one file each; a verb loads what it needs when it is called, so that `tillid --help` is quick."""
