"""Specifying, uploading and creating deployments from Python."""
