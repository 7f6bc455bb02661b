"""Reading and asking about runs: one interface, whoever answers.

    from armillary.client import FlowRunFilter, InProcessClient

    with InProcessClient(home) as client:
        for run in client.flow_runs(FlowRunFilter(flow_names=["pipeline"])).items:
            print(run.name, run.state_name)

:class:`Client` is what every implementation offers; :class:`InProcessClient` answers from the ledger of a home folder,
:class:`HttpClient` asks a server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from armillary.client.interface import Client, Pruned
from armillary.core.filters import FlowRunFilter, TaskRunFilter
from armillary.core.page import Page

if TYPE_CHECKING:
    from armillary.client.http import HttpClient
    from armillary.client.in_process import InProcessClient

__all__ = ["Client", "FlowRunFilter", "HttpClient", "InProcessClient", "Page", "Pruned", "TaskRunFilter"]


def __getattr__(name: str) -> Any:
    if name == "InProcessClient":
        from armillary.client.in_process import InProcessClient  # loads SQLAlchemy

        return InProcessClient
    if name == "HttpClient":
        from armillary.client.http import HttpClient  # loads httpx

        return HttpClient
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
