"""Finds a flow by its location: ``path/to/file.py:flow`` or ``package.module:flow``."""

from __future__ import annotations

import importlib
import os
import sys
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType
from typing import Any

from armillary.core.errors import FileRaised, InvalidOption, NotFound, did_you_mean
from armillary.sdk.deployments.user_files import reading
from armillary.sdk.flow import Flow
from armillary.sdk.loading_guard import NoFlowRuns
from armillary.stores.packages import package_root


def load_flow(entrypoint: str) -> Flow[..., object]:
    """Import the file or module and return its flow, by function or flow name; the name may be omitted if there is
    only one flow. The file's folder comes first on ``sys.path``, as it does when the file is run; a file of a package is imported as
    its module, so that relative imports work. Calls of flows at the file's top level are skipped with a warning.

    Raises :class:`NotFound` naming what is missing, and :class:`FileRaised` from the exception the file raised.

        load_flow("examples/pipeline.py:pipeline")
    """
    place, _, name = entrypoint.rpartition(":")
    if not place or (os.sep in name or name.endswith(".py")):
        place, name = entrypoint, ""
    with NoFlowRuns():
        module = _from_file(place) if place.endswith(".py") or os.sep in place else _from_module(place)
    found = {attribute: value for attribute, value in vars(module).items() if isinstance(value, Flow)}
    return _chosen(found, module, place, name)


def file_of(flow: Flow[..., Any]) -> str:
    """The file a flow is defined in. Raises InvalidOption for a flow that cannot be loaded from a file: from a REPL, a cell, or
    inside another function."""
    if flow.entrypoint is None or "." in flow.entrypoint.rpartition(":")[2]:
        raise InvalidOption(
            f"Flow {flow.name!r} is not at the top level of a file.",
            subject=flow.name,
            advice="Move it there, so that another process can import it.",
        )
    return flow.entrypoint.rpartition(":")[0]


def _from_file(path: str) -> ModuleType:
    path = os.path.abspath(os.path.expanduser(path))
    if not os.path.isfile(path):
        raise NotFound(
            f"There is no file {path}.", subject=path, advice="Give FILE:FLOW, for example pipeline.py:pipeline."
        )
    folder, top = os.path.dirname(path), package_root(path)
    _look_in(top)
    _look_in(folder)
    name = os.path.relpath(path, top).removesuffix(".py").replace(os.sep, ".")
    known = sys.modules.get(name)
    if known is not None and getattr(known, "__file__", None) == path:
        return known
    if top != folder:
        with reading(path):
            module = importlib.import_module(name)
        if getattr(module, "__file__", None) == path:
            return module
        name = os.path.basename(path).removesuffix(".py")  # another package of that name was imported before
    return _executed(name, path)


def _look_in(folder: str) -> None:
    if folder not in sys.path:
        sys.path.insert(0, folder)


def _executed(name: str, path: str) -> ModuleType:
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise InvalidOption(f"{path} is not a Python file.", subject=path, advice="Give FILE:FLOW with a .py file.")
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        with reading(path):
            spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return module


def _from_module(name: str) -> ModuleType:
    if os.getcwd() not in sys.path and "" not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        with reading(name):
            return importlib.import_module(name)
    except FileRaised as raised:
        problem = raised.__cause__
        if (
            isinstance(problem, ModuleNotFoundError)
            and problem.name is not None
            and (name == problem.name or name.startswith(problem.name + "."))
        ):
            raise NotFound(
                f"There is no module {problem.name!r}.",
                subject=name,
                advice="Give FILE.py:FLOW or an importable module:flow.",
            ) from None
        raise


def _chosen(found: dict[str, Flow[..., object]], module: ModuleType, place: str, name: str) -> Flow[..., object]:
    if name:
        for attribute, flow in found.items():
            if name in (attribute, flow.name):
                return flow
        raise NotFound(
            f"{place} has no flow {name!r}.",
            subject=name,
            advice=did_you_mean(name, found) or "Decorate a function in it with @flow.",
        )
    own = {attribute: flow for attribute, flow in found.items() if flow.fn.__module__ == module.__name__}
    if len(own) == 1:
        return next(iter(own.values()))
    if not own:
        raise NotFound(f"{place} has no flow.", subject=place, advice="Decorate a function in it with @flow.")
    raise NotFound(
        f"{place} has {len(own)} flows: {', '.join(sorted(own))}.",
        subject=place,
        advice=f"Name one: {place}:{sorted(own)[0]}.",
    )
