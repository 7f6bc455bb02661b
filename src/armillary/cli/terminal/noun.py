"""How a noun's commands are put together, the same for all."""

from __future__ import annotations

import typer

SETTINGS = {"help_option_names": ["--help", "-h"], "max_content_width": 110}


def noun(help: str) -> typer.Typer:
    """An application to hang a noun's verbs on. Help is plain text: rich would double the time until it shows."""
    app = typer.Typer(
        help=help,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings=SETTINGS,
    )
    app.callback()(_nothing)  # keeps a noun with a single verb a noun
    return app


def command() -> typer.Typer:
    """An application for a noun that is itself the command."""
    return typer.Typer(
        add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, context_settings=SETTINGS
    )


def _nothing() -> None:
    return None
