"""Plug-ins that bring data in and carry it out, one file each."""
