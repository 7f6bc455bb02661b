"""The live picture of ``flow-run watch`` on a terminal, drawn by rich on stderr."""

from __future__ import annotations

from datetime import UTC, datetime

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from armillary.cli.running.following import follow_progress
from armillary.cli.terminal.columns import spelled_out
from armillary.cli.terminal.formatting import duration, run_duration
from armillary.cli.terminal.progress import Progress
from armillary.cli.terminal.terminal import STATE_STYLES
from armillary.client.interface.client import Client
from armillary.core.runs.flow_run import FlowRun
from armillary.core.states import StateType

_BAR_WIDTH = 40


def show_progress(client: Client, run: FlowRun) -> FlowRun:
    """Draw until the run has ended, and return it as it ended."""
    with Live(console=Console(stderr=True, highlight=False), auto_refresh=False) as live:
        ended = run
        for ended, progress in follow_progress(client, run.id):
            live.update(picture(ended, progress, datetime.now(UTC)), refresh=True)
    return ended


def picture(run: FlowRun, progress: Progress, now: datetime) -> RenderableType:
    title = Text.assemble(
        (spelled_out(run.name), "bold"),
        f"  {spelled_out(run.flow_name)}  ",
        (spelled_out(run.state_name), STATE_STYLES[run.state_type]),
        f"  {run_duration(run, now)}",
    )
    by_state = Text("   ").join(
        Text(f"{progress.counts[kind]:,} {kind.lower()}", STATE_STYLES[kind])
        for kind in StateType
        if progress.counts.get(kind)
    )
    rate = f"{progress.ended:,} of {progress.total:,} task runs ended"
    if progress.per_second > 0:
        rate += f"  {progress.per_second:,.1f}/s"
    if progress.seconds_left:
        rate += f"  about {duration(progress.seconds_left)} left"
    bar = Table.grid(padding=(0, 1))
    bar.add_row(ProgressBar(total=max(progress.total, 1), completed=progress.ended, width=_BAR_WIDTH), Text(rate))
    return Group(title, bar, by_state)
