"""The steps of a run, in order; nothing else decides transitions."""
