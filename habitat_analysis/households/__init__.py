"""Households: the group, its needs and rights, the mix of the people housed."""
