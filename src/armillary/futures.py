"""Futures, and functions over several of them."""

from armillary.engine.handles.future import Future, FutureList, as_completed, wait

__all__ = ["Future", "FutureList", "as_completed", "wait"]
