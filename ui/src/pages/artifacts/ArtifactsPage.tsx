import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { get, query } from "../../api/client";
import { artifactKeys } from "../../api/queryKeys";
import type { Artifact, Page } from "../../api/types";
import { EndlessList } from "../../components/EndlessList";
import { EmptyState } from "../../components/feedback";
import { Heading } from "../../components/Heading";
import { Ago } from "../../components/times";
import { IN_PLACE } from "../../shell/inPlace";

const KINDS: [kind: string, words: string][] = [
  ["", "All kinds"],
  ["markdown", "Markdown"],
  ["table", "Tables"],
  ["link", "Links"],
  ["image", "Images and plots"],
  ["progress", "Progress"],
];

/** The newest artifact of each key, or everything that runs have shown; all versions of one are on its page. */
export function ArtifactsPage() {
  const { kind, all } = useSearch({ from: "/shell/artifacts" });
  const navigate = useNavigate({ from: "/artifacts" });
  const wanted = { kind: kind ?? null, latest: all === undefined ? true : null };
  return (
    <>
      <Heading title="Artifacts">
        <label className="flex items-center gap-1.5">
          <input
            type="checkbox"
            checked={all !== undefined}
            onChange={(event) =>
              void navigate({ search: { kind, all: event.target.checked ? "1" : undefined }, ...IN_PLACE })
            }
            className="accent-[var(--accent)]"
          />
          Include earlier versions and artifacts without a key
        </label>
        <select
          aria-label="Kind"
          className="field"
          value={kind ?? ""}
          onChange={(event) => void navigate({ search: { kind: event.target.value || undefined, all }, ...IN_PLACE })}
        >
          {KINDS.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      </Heading>
      <div className="card overflow-hidden">
        <EndlessList<Artifact>
          label="Artifacts"
          queryKey={artifactKeys.endless(wanted)}
          read={(after, signal) => get<Page<Artifact>>(`artifacts${query({ ...wanted, limit: 100, after })}`, signal)}
          rowHeight={48}
          empty={
            kind ? (
              <EmptyState title="No artifact of this kind" />
            ) : (
              <EmptyState title="No artifact with a key yet" command='create_table_artifact(rows, key="scores")'>
                Artifacts with the same key are versions of each other. Artifacts without a key are on the pages of
                their runs.
              </EmptyState>
            )
          }
          row={(artifact) => <ArtifactRow artifact={artifact} />}
        />
      </div>
    </>
  );
}

function ArtifactRow({ artifact }: { artifact: Artifact }) {
  return (
    <article className="flex h-full items-center gap-3 border-b border-line px-4 hover:bg-[var(--hover)]">
      <span className="w-20 shrink-0 text-[12.5px] text-muted">{artifact.kind}</span>
      <Link
        to="/artifacts/$id"
        params={{ id: artifact.id }}
        title={artifact.key ?? artifact.kind}
        className="max-w-[40%] truncate font-semibold hover:underline"
      >
        {artifact.key ?? "without a key"}
      </Link>
      <span className="min-w-0 flex-1 truncate text-muted">{artifact.description}</span>
      <Link
        to="/runs/flow-run/$id"
        params={{ id: artifact.flow_run_id }}
        className="link hidden shrink-0 text-[12.5px] sm:block"
      >
        Its run
      </Link>
      <span className="w-24 shrink-0 text-right text-muted">
        <Ago at={artifact.updated ?? artifact.created} />
      </span>
    </article>
  );
}
