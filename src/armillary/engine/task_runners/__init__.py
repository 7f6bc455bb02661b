"""Which thread or process carries a task run. A runner object is configuration; each flow run starts its own."""
