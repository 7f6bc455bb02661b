"""Routes on deployments, agents and what they use."""
