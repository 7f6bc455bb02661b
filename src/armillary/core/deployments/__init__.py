"""Records of deployments, queues, workers and what they use."""
