"""Reading and asking about runs: one interface, whoever answers.

    from armillary.client import FlowRunFilter, InProcessClient

    with InProcessClient(home) as client:
        for run in client.flow_runs(FlowRunFilter(flow_names=["pipeline"])).items:
            print(run.name, run.state_name)

:class:`Client` is what every implementation offers; :class:`InProcessClient` answers from the ledger of a home folder,
:class:`HttpClient` asks a server; :class:`AsyncClient` lets either be awaited.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from armillary.client.interface.client import Client
from armillary.core.filters import FlowRunFilter, TaskRunFilter
from armillary.core.page import Page
from armillary.core.pruned import Pruned

if TYPE_CHECKING:
    from armillary.client.asynchronous import AsyncClient
    from armillary.client.http.client import HttpClient
    from armillary.client.in_process.client import InProcessClient

__all__ = ["AsyncClient", "Client", "FlowRunFilter", "HttpClient", "InProcessClient", "Page", "Pruned", "TaskRunFilter"]


_HOMES = {
    "AsyncClient": "armillary.client.asynchronous",
    "HttpClient": "armillary.client.http.client",  # loads httpx
    "InProcessClient": "armillary.client.in_process.client",  # loads SQLAlchemy
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
