"""The agent: takes scheduled runs from work queues and has them run, each in a process of its own."""
