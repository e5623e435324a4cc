"""Runs: many sites, many notebooks, complete folders, resumed work."""
