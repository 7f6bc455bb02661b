"""Commands on deployments, agents and what they use."""
