"""Armillary runs, retries, caches and records Python workflows.

    from armillary import flow, task
"""

__version__ = "0.1.0"
