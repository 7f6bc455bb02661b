"""``/block_documents``: storage blocks, the places where flow code and results are kept."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import Field
from sqlalchemy import Connection

from armillary.clock import new_id, now_us
from armillary.core.deployments.storage_block import KINDS, StorageBlock, StorageKind
from armillary.core.errors import Forbidden
from armillary.core.page import Page
from armillary.ledger.nouns import storage_blocks
from armillary.server.access.attempt_tokens import named_block
from armillary.server.api.answers import answer, tagged
from armillary.server.api.bodies import After, Body, Id, IdText, Limit, Name, NamedListing, Text
from armillary.server.api.idempotency import Key, create_once
from armillary.server.api.routes import api_router
from armillary.server.ledger_access import ServedLedger
from armillary.server.permissions import ATTEMPT, READ, WORK, WRITE, Caller, requires

router = api_router("/block_documents", tags=["storage"])

Options = Annotated[dict[Name, Text], Field(max_length=50)]


class BlockWanted(Body):
    """``options`` are those of its ``type``, secret ones too: these are encrypted at rest, and no answer shows them. ``replace``:
    one of that name is made anew and keeps its id."""

    name: Name
    type: Name
    options: Options = {}
    replace: bool = False


class DefaultWanted(Body):
    """None: no block is the default any more."""

    id: IdText | None


@router.post("", response_model=StorageBlock, status_code=201, dependencies=[requires(WRITE)])
def save_block(ledger: ServedLedger, wanted: BlockWanted, key: Key = None) -> Response:
    """Make a storage block. The server does not look whether the storage is there."""

    def save(connection: Connection) -> StorageBlock:
        return storage_blocks.save(
            connection,
            ledger.home,
            new_id(),
            wanted.name,
            wanted.type,
            wanted.options,
            now_us(),
            replace=wanted.replace,
        )

    return create_once(ledger, key, "POST /block_documents", wanted, save)


@router.get("", response_model=Page[StorageBlock], dependencies=[requires(READ)])
def list_blocks(request: Request, ledger: ServedLedger, limit: Limit = 200, after: After = None) -> Response:
    """Storage blocks by name."""
    with ledger.read() as connection:
        page = storage_blocks.page(connection, limit=limit, after=after)
    return tagged(request, page)


@router.post("/filter", response_model=Page[StorageBlock], dependencies=[requires(READ)])
def filter_blocks(ledger: ServedLedger, wanted: NamedListing | None = None) -> Response:
    """Those whose names match, a page of them."""
    wanted = wanted or NamedListing()
    with ledger.read() as connection:
        page = storage_blocks.page(connection, name=wanted.name, limit=wanted.limit, after=wanted.after)
    return answer(page)


@router.get("/types", response_model=list[StorageKind], dependencies=[requires(READ)])
def list_storage_types(request: Request) -> Response:
    """What storage blocks can be made, and which options each takes, in the order in which they are offered."""
    return tagged(request, list(KINDS.values()))


@router.get("/find", response_model=StorageBlock, dependencies=[requires(READ)])
def find_block(
    request: Request,
    ledger: ServedLedger,
    words: Annotated[str, Query(min_length=1, max_length=500, description="An id or a name.")],
) -> Response:
    with ledger.read() as connection:
        found = storage_blocks.find(connection, words)
    return tagged(request, found)


@router.get("/default", response_model=StorageBlock | None, dependencies=[requires(READ)])
def read_default_block(request: Request, ledger: ServedLedger) -> Response:
    """The one for deployments that name none; null where there is none."""
    with ledger.read() as connection:
        found = storage_blocks.default(connection)
    return tagged(request, found)


@router.put("/default", status_code=204, dependencies=[requires(WRITE)], responses={404: {}})
def set_default_block(ledger: ServedLedger, wanted: DefaultWanted) -> Response:
    with ledger.write() as connection:
        storage_blocks.set_default(connection, wanted.id, now_us())
    return Response(status_code=204)


@router.get("/{block_id}", response_model=StorageBlock, dependencies=[requires(READ, attempt=named_block)])
def read_block(request: Request, ledger: ServedLedger, block_id: Id) -> Response:
    with ledger.read() as connection:
        found = storage_blocks.get(connection, str(block_id))
    return tagged(request, found)


@router.post("/{block_id}/open", response_model=dict[str, str], dependencies=[requires(WORK, attempt=named_block)])
def open_block(request: Request, ledger: ServedLedger, block_id: Id) -> Response:
    """All its options, secrets too: for who may change it, for an agent while it holds a run whose code is there, and for a run whose
    deployment names it."""
    caller: Caller = request.scope["caller"]
    with ledger.read() as connection:
        if caller.scope != ATTEMPT and WRITE not in caller.permissions:
            _check_holds(connection, caller, str(block_id))
        options = storage_blocks.opened(connection, ledger.home, str(block_id))
    opened = answer(options)
    opened.headers["Cache-Control"] = "no-store"
    return opened


@router.delete("/{block_id}", status_code=204, dependencies=[requires(WRITE)])
def delete_block(ledger: ServedLedger, block_id: Id, force: bool = False) -> Response:
    """Forget it; what lies there stays. 409 while deployments keep their code there, unless ``force``."""
    with ledger.write() as connection:
        storage_blocks.remove(connection, str(block_id), force=force)
    return Response(status_code=204)


def _check_holds(connection: Connection, caller: Caller, block_id: str) -> None:
    if not storage_blocks.is_of_held_run(connection, block_id, caller.token_id):
        raise Forbidden(
            "An agent opens the storage of runs that it holds, and no other.",
            subject=caller.name,
            advice="Claim a run of a deployment whose code is there, or use a token of scope admin.",
        )
