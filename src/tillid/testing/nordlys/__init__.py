"""Makes the data files of the example project nordlys, a web shop: `python -m tillid.testing.nordlys OUT`.

The orders are an extract of UCI Online Retail; every person around them is made up. The seed is fixed, so the
files can be made again.
"""
