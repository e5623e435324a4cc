"""Programme: which dwellings in which tenures on one site, and why."""
