import { Link, useNavigate } from "@tanstack/react-router";
import type { FlowRun } from "../../api/types";
import { Menu, MenuItem } from "../../components/Menu";

/** Where there are more, those between the outermost and the last two are in a menu. */
const MOST_SHOWN = 5;

/** The way back to the runs that a run is a subflow of, outermost first. */
export function Ancestors({ above, view }: { above: readonly FlowRun[]; view: string }) {
  const between = above.length > MOST_SHOWN ? above.slice(1, -2) : [];
  return above.map((run) =>
    !between.includes(run) ? (
      <Ancestor key={run.id} run={run} view={view} />
    ) : run === between[0] ? (
      <Between key="between" runs={between} view={view} />
    ) : null,
  );
}

function Ancestor({ run: { id, name, flow_name: flow }, view }: { run: FlowRun; view: string }) {
  return (
    <>
      <Link
        to="/runs/flow-run/$id/radar"
        params={{ id }}
        search={{ view }}
        title={`${flow} / ${name}`}
        className="truncate text-muted hover:underline"
      >
        {name}
      </Link>
      <span className="text-muted">/</span>
    </>
  );
}

function Between({ runs, view }: { runs: readonly FlowRun[]; view: string }) {
  const navigate = useNavigate();
  return (
    <>
      <Menu
        align="start"
        trigger={
          <button
            type="button"
            aria-label={`${runs.length} more runs`}
            title={`${runs.length} more runs`}
            className="rounded-md px-1.5 text-muted hover:bg-[var(--hover)]"
          >
            …
          </button>
        }
      >
        {runs.map(({ id, name, flow_name: flow }) => (
          <MenuItem
            key={id}
            onSelect={() => void navigate({ to: "/runs/flow-run/$id/radar", params: { id }, search: { view } })}
          >
            <span className="text-muted">{flow} /</span> {name}
          </MenuItem>
        ))}
      </Menu>
      <span className="text-muted">/</span>
    </>
  );
}
