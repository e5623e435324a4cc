"""Land: parcels, zoning, buildings, sales, context; sites, capacity, screening."""
