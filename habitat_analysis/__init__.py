"""Feasibility of habitat participatif for Coop'HLM, from the land to the report."""
