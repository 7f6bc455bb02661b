"""From a call to a run."""
