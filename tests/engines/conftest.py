"""Lets the JVM of these tests start quickly."""

from __future__ import annotations

import os

# Half of what Spark does for little data is to optimise its own code for much.
os.environ.setdefault("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1")
