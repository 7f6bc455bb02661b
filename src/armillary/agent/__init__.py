"""The agent: claims scheduled runs from work queues and starts each in its own process."""
