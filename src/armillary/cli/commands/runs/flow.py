"""``armillary flow``: the flows that have runs here."""

from __future__ import annotations

from datetime import UTC, datetime

from armillary.cli.connecting import connect
from armillary.cli.terminal.columns import Column
from armillary.cli.terminal.formatting import ago, moment
from armillary.cli.terminal.messages import hint
from armillary.cli.terminal.noun import noun
from armillary.cli.terminal.output import LimitOption, Output, OutputOption, print_records
from armillary.cli.terminal.paging import first
from armillary.core.runs.flow import Flow

app = noun("List flows. A flow is listed once it has run.")


@app.command("ls")
def list_flows(limit: LimitOption = 200, output: OutputOption = Output.TABLE) -> None:
    """List flows by name.

    \b
    Examples:
      armillary flow ls
      armillary flow ls -o json
    """
    now = datetime.now(UTC)
    with connect() as client:
        flows = first(limit, lambda size, after: client.flows(limit=size, after=after))
    columns = [
        Column[Flow]("Name", lambda flow: flow.name),
        Column[Flow]("Description", lambda flow: (flow.description or "").partition("\n")[0]),
        Column[Flow]("Last run", lambda flow: moment(flow.updated), lambda flow: ago(flow.updated, now)),
        Column[Flow]("Id", lambda flow: flow.id, expendable=True),
    ]
    if flows or output is Output.JSON:
        print_records(flows, columns, output)
    else:
        hint("No flow has run here yet. Run one: armillary run FILE.py:FLOW")
