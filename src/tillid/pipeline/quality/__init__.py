"""Quality of what comes in: counted while a load passes, kept from load to load, and told in words, JSON and a page."""
