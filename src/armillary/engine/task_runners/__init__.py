"""Which thread or process executes a task run. A runner object is configuration; each flow run starts its own."""
