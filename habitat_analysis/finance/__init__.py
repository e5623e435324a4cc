"""Finance: what a dwelling costs, what it can be rented or sold for."""
