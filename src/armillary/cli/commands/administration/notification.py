"""``armillary notification``: tell people of what runs do."""

from __future__ import annotations

from typing import Annotated

import typer

from armillary.cli.connecting import connect
from armillary.cli.terminal.columns import Column
from armillary.cli.terminal.messages import confirm, hint, say
from armillary.cli.terminal.noun import noun
from armillary.cli.terminal.output import Output, OutputOption, print_json, print_records
from armillary.client.http.client import HttpClient
from armillary.core.deployments.notification_policy import FIELDS, NotificationPolicy
from armillary.core.errors import UsageError

app = noun("Notify people when runs enter a state: by webhook, mail or chat. A server delivers.")

WordsArgument = Annotated[str, typer.Argument(help="The name, or the id.", metavar="POLICY")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What the policy is called.")],
    target: Annotated[
        str,
        typer.Option(
            help="Where to: the https address of a webhook, or an Apprise address such as mailto://user:password@example.org.",
            envvar="ARMILLARY_NOTIFICATION_TARGET",
        ),
    ],
    state: Annotated[list[str] | None, typer.Option(help="A state, by type or name; repeatable.")] = None,
    tag: Annotated[
        list[str] | None, typer.Option(help="Only runs with this tag, or another given; repeatable.")
    ] = None,
    template: Annotated[str | None, typer.Option(help=f"The message. Fields, in braces: {', '.join(FIELDS)}.")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Make a policy. State changes from now on are told, each once.

    The target is encrypted, and never shown again. A webhook gets JSON with the message as "text" and every field by its name.

    \b
    Examples:
      armillary notification create on-failure --target https://hooks.example.org/T1/B2 --state FAILED --state CRASHED
      armillary notification create ml-late --target https://… --state Late --tag ml --template "{flow_run_name} is late"
    """
    with connect() as client:
        made = client.create_notification_policy(
            name, states=state or ["FAILED", "CRASHED"], target=target, tags=tag or (), template=template
        )
    if output is Output.JSON:
        print_json(made)
        return
    print(made.id)
    say(f"Runs that become {', '.join(made.states)} notify {made.target}.")
    hint(f"Try it: armillary notification test {made.name}")


@app.command("ls")
def list_policies(output: OutputOption = Output.TABLE) -> None:
    """List the policies by name."""
    with connect() as client:
        found = client.notification_policies()
    print_records(found, _columns(), output)


@app.command()
def test(policy: WordsArgument) -> None:
    """Send a message of an invented run now, by the server."""
    with connect() as client:
        if not isinstance(client, HttpClient):
            raise UsageError("Notifications are sent by a server, and none runs.", advice="armillary server start")
        found = client.find_notification_policy(policy)
        client.test_notification_policy(found.id)
    say(f"A test message went to {found.target}.")


@app.command()
def pause(policy: WordsArgument, output: OutputOption = Output.TABLE) -> None:
    """Tell nothing until the policy is resumed."""
    _set_active(policy, False, output)


@app.command()
def resume(policy: WordsArgument, output: OutputOption = Output.TABLE) -> None:
    """Tell again, of state changes from now on."""
    _set_active(policy, True, output)


@app.command()
def delete(policy: WordsArgument, yes: YesOption = False) -> None:
    """Delete a policy; what it has not delivered is dropped."""
    with connect() as client:
        found = client.find_notification_policy(policy)
        confirm(f"Delete notification policy {found.name!r}?", yes)
        client.delete_notification_policy(found.id)
    say(f"Deleted notification policy {found.name!r}.")


def _set_active(words: str, active: bool, output: Output) -> None:
    with connect() as client:
        changed = client.set_notification_policy_active(client.find_notification_policy(words).id, active)
    if output is Output.JSON:
        print_json(changed)
    say(f"Notification policy {changed.name!r} is {'active' if changed.active else 'paused'}.")


def _columns() -> list[Column[NotificationPolicy]]:
    return [
        Column("id", lambda each: each.id),
        Column("name", lambda each: each.name),
        Column("states", lambda each: ", ".join(each.states)),
        Column("tags", lambda each: ", ".join(each.tags) or "any"),
        Column("target", lambda each: each.target),
        Column("state", lambda each: "active" if each.active else "paused"),
    ]
