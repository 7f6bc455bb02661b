"""``armillary schedule``: what a rule would fire."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from armillary.cli.completion import zone_names
from armillary.cli.terminal.arguments import age
from armillary.cli.terminal.messages import say
from armillary.cli.terminal.noun import noun
from armillary.cli.terminal.output import Output, OutputOption, print_json
from armillary.core.errors import InvalidOption, InvalidSchedule
from armillary.core.schedules.schedule import Schedule, due_times, from_document

_UNITS = (
    ("day", timedelta(days=1)),
    ("week", timedelta(weeks=1)),
    ("month", timedelta(days=365.25 / 12)),
    ("year", timedelta(days=365.25)),
)

app = noun("Preview schedules before a deployment uses them.")


@app.command()
def preview(
    rule: Annotated[
        str, typer.Argument(help="A cron rule, a recurrence rule (FREQ=…), or an interval such as 90s or 1d.")
    ],
    timezone: Annotated[str, typer.Option(help="The time zone of its wall time.", autocompletion=zone_names)] = "UTC",
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1000, help="How many firings.")] = 10,
    output: OutputOption = Output.TABLE,
) -> None:
    """Print when a schedule would fire next, with what the clock on the wall does meanwhile.

    \b
    Examples:
      armillary schedule preview '30 2 * * *' --timezone Europe/Berlin
      armillary schedule preview 'FREQ=WEEKLY;BYDAY=MO;BYHOUR=9'
      armillary schedule preview 90m
    """
    schedule = _schedule(rule, timezone)
    times = due_times(schedule, datetime.now(UTC), most=limit)
    if output is Output.JSON:
        print_json({"words": schedule.words(), "firings": times})
        return
    say(schedule.words())
    zone = ZoneInfo(schedule.timezone)
    before = datetime.now(UTC).astimezone(zone).utcoffset()
    for at in times:
        local = at.astimezone(zone)
        changed = "" if local.utcoffset() == before else f"  clocks have changed: now {local:%z}"
        before = local.utcoffset()
        print(f"{local:%a %Y-%m-%d %H:%M:%S} {local.tzname()}  {at:%Y-%m-%dT%H:%M:%SZ}{changed}")
    if len(times) > 1:
        say(f"About {how_often((times[-1] - times[0]) / (len(times) - 1))}.")
    elif not times:
        say("It does not fire in the next 100 days.")


def how_often(apart: timedelta) -> str:
    """In the shortest unit in which it is once or more.

    >>> how_often(timedelta(days=30)), how_often(timedelta(hours=8))
    ('1 run a month', '3 runs a day')
    """
    for unit, length in _UNITS:
        many = round(length / apart, 1)
        if many >= 1 or unit == "year":
            return f"{many:,g} run{'' if many == 1 else 's'} a {unit}"
    raise AssertionError("a year is the last unit")


def _schedule(rule: str, timezone: str) -> Schedule:
    if "FREQ=" in rule.upper():
        return from_document({"rrule": rule, "timezone": timezone})
    if len(rule.split()) > 1 or rule.startswith("@"):
        return from_document({"cron": rule, "timezone": timezone})
    try:
        interval = age(rule)
    except InvalidOption:
        raise InvalidSchedule(
            f"{rule!r} is no schedule.",
            subject=rule,
            advice="Write a cron rule such as '0 9 * * 1-5', a recurrence rule such as FREQ=WEEKLY;BYDAY=MO, or an interval such as 90s.",
        ) from None
    return from_document({"interval": interval.total_seconds(), "timezone": timezone})
