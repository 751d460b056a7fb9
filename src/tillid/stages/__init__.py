"""The steps from raw files to delivered lists; no stage knows another."""
