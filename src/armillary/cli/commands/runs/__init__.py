"""Commands on flows, runs and what they leave."""
