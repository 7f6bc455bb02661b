"""Deployments, schedules, work queues, workers and claims."""
