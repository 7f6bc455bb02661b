"""Records of flows, runs and what belongs to them."""
