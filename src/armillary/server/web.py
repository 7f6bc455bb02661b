"""The web app's files, as built into ``ui_dist``.

Every path that is not the API's is a page of the web app, so it is answered with the app's one page, which knows what to
show. Files under ``assets`` have their content's hash in their names and may be kept for ever.
"""

from __future__ import annotations

import mimetypes
import os
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Match

from armillary.core.errors import NotFound

DIST = Path(__file__).resolve().parent.parent / "ui_dist"
_FOR_EVER = "public, max-age=31536000, immutable"
_NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Armillary</title>
<h1>The web app is not built</h1>
<p>This is a checkout without it: run <code>make ui-build</code> once. The API is at <a href="/api/health">/api</a>.</p></html>"""

router = APIRouter(include_in_schema=False)

mimetypes.add_type("text/javascript", ".js")


@router.get("/{path:path}")
def page(request: Request, path: str) -> Response:
    if path == "api" or path.startswith("api/"):
        raise _no_route(request, path)
    file = _file(path)
    if file is not None:
        kept = _FOR_EVER if path.startswith("assets/") else "no-cache"
        return FileResponse(file, headers={"cache-control": kept})
    index = DIST / "index.html"
    if index.is_file():
        return FileResponse(index, headers={"cache-control": "no-cache"})
    return HTMLResponse(_NOT_BUILT, status_code=503)


def _no_route(request: Request, path: str) -> Exception:
    """Nothing of the API is read there; something else may be done with it."""
    asked = {**request.scope, "path_params": {}}
    allowed = [
        method
        for method in ("DELETE", "PATCH", "POST", "PUT")
        if any(route.matches({**asked, "method": method})[0] is Match.FULL for route in request.app.routes)
    ]
    if not allowed:
        return NotFound(f"There is no route /{path}.", subject=f"/{path}", advice="See /api/docs.")
    told = " or ".join(allowed)
    return HTTPException(405, f"/{path} takes {told}, not GET.", headers={"Allow": ", ".join(allowed)})


def _file(path: str) -> str | None:
    """The built file of that path; never one outside the folder."""
    root = os.path.realpath(DIST)
    try:
        found = os.path.realpath(os.path.join(root, path))
    except (OSError, ValueError):  # no name that a file can have
        return None
    inside = found.startswith(root + os.sep)
    return found if inside and os.path.isfile(found) else None
