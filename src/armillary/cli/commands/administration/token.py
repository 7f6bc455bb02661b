"""``armillary token``: who else may use the server."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from armillary import settings
from armillary.cli.terminal.arguments import age
from armillary.cli.terminal.columns import Column
from armillary.cli.terminal.formatting import ago, moment
from armillary.cli.terminal.messages import hint, say
from armillary.cli.terminal.noun import noun
from armillary.cli.terminal.output import LimitOption, Output, OutputOption, print_json, print_records
from armillary.client.tokens import Tokens
from armillary.core.api_token import ApiToken
from armillary.core.errors import Ambiguous, InvalidOption, NotFound
from armillary.home.address import read_address
from armillary.home.home_token import read_home_token, token_for

app = noun("Give other machines and agents tokens of their own for the server, and take them away.")


class Scope(StrEnum):
    """What a token lets its bearer do."""

    ADMIN = "admin"
    AGENT = "agent"


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Who the token is for.")],
    scope: Annotated[Scope, typer.Option(help="agent: read, claim and record runs; admin: everything.")] = Scope.AGENT,
    expires: Annotated[str | None, typer.Option(help="Good for so long: 30d, 12h. Default: until revoked.")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Make a token and print it. It is shown only now.

    \b
    Example:
      armillary token create build-machine --expires 90d
    """
    until = None if expires is None else datetime.now(UTC) + age(expires)
    made = _tokens().create(name, scope.value, until)
    if output is Output.JSON:
        print_json(made)
        return
    print(made.token)
    say(f"That is the token of {name!r}; it is not shown again.")
    hint("armillary config set ARMILLARY_API_KEY=- on that machine, which asks for it")


@app.command("ls")
def list_tokens(
    everything: Annotated[
        bool, typer.Option("--all", help="Also those that are revoked or expired, and browsers'.")
    ] = False,
    limit: LimitOption = 200,
    output: OutputOption = Output.TABLE,
) -> None:
    """List tokens, newest first.

    \b
    Example:
      armillary token ls
    """
    now = datetime.now(UTC)
    every = _tokens().every()
    names = {each.id: "a browser" if each.scope == "browser" else each.name for each in every}
    found = [each for each in every if everything or (_is_good(each, now) and each.scope != "browser")]
    columns = [
        Column[ApiToken]("Id", lambda each: each.id),
        Column[ApiToken]("Name", lambda each: each.name),
        Column[ApiToken]("Scope", lambda each: each.scope),
        Column[ApiToken]("Last used", lambda each: moment(each.last_used), lambda each: ago(each.last_used, now)),
        Column[ApiToken]("Ends", lambda each: moment(_end(each)), lambda each: ago(_end(each), now)),
        Column[ApiToken]("Made by", lambda each: _maker(each, names)),
        Column[ApiToken](
            "Created", lambda each: moment(each.created), lambda each: ago(each.created, now), expendable=True
        ),
    ]
    if found or output is Output.JSON:
        print_records(found[:limit], columns, output)
    else:
        hint("There is no token but this home's own. Make one: armillary token create NAME")


@app.command()
def revoke(
    words: Annotated[str, typer.Argument(metavar="ID", help="Id, the beginning of one, or name.")],
    with_children: Annotated[
        bool, typer.Option("--with-children", help="Also every token that was made with it, and with those.")
    ] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Refuse a token from now on, and sign out the browsers that it signed in.

    \b
    Examples:
      armillary token revoke build-machine
      armillary token revoke --with-children a-leaked-one
    """
    tokens = _tokens()
    now = datetime.now(UTC)
    found = [each for each in tokens.every() if each.id.startswith(words) or each.name == words]
    good = [each for each in found if _is_good(each, now)] or found
    if not good:
        raise NotFound(f"There is no token {words!r}.", subject=words, advice="See: armillary token ls")
    if len(good) > 1:
        ids = ", ".join(each.id for each in good[:5])
        raise Ambiguous(f"{words!r} fits {len(good)} tokens: {ids}.", subject=words, advice="Give an id.")
    revoked = tokens.revoke(good[0].id, with_children=with_children)
    if output is Output.JSON:
        print_json(revoked)
    more = ", and so is every token that was made with it" if with_children else ""
    say(f"The token of {revoked.name!r} is refused from now on{more}.")
    left = [] if with_children else [each for each in _children(tokens.every(), revoked.id) if _is_good(each, now)]
    if left:
        names = ", ".join(repr(each.name) for each in left)
        hint(f"Tokens that were made with it are still good: {names}. See: armillary token revoke --help")


def _tokens() -> Tokens:
    """Of the server at ARMILLARY_API_URL, else of the one that keeps this home."""
    url = settings.get("API_URL")
    if url:
        return Tokens(url, token_for(url))
    address = read_address(settings.home())
    if address is None:
        raise NotFound(
            "Tokens need a running server.",
            subject=settings.home(),
            advice="Start one: armillary server start",
        )
    if not address.authenticated:
        raise InvalidOption(
            f"The server at {address.url} was started with --no-auth: it requires no token.",
            subject=address.url,
            advice="Start it without --no-auth.",
        )
    return Tokens(address.api_url, read_home_token(settings.home()))


def _children(tokens: list[ApiToken], token_id: str) -> list[ApiToken]:
    """What was made with a token, by itself or by what was made with it; no browsers."""
    ended = {token_id}
    for each in reversed(tokens):  # the oldest first: nothing is made by what is made after it
        if each.made_by in ended:
            ended.add(each.id)
    return [each for each in tokens if each.id in ended - {token_id} and each.scope != "browser"]


def _maker(token: ApiToken, names: dict[str, str]) -> str:
    if token.made_by is None:
        return ""
    return "the home's own" if token.made_by == "home" else names.get(token.made_by, token.made_by)


def _end(token: ApiToken) -> datetime | None:
    return token.revoked or token.expires


def _is_good(token: ApiToken, now: datetime) -> bool:
    return token.revoked is None and (token.expires is None or token.expires > now)
