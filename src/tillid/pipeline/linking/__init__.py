"""`tillid link`: the matcher alone, on one list or two that belong to no project."""
