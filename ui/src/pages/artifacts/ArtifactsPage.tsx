import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import * as queries from "../../api/queries";
import { EmptyState, Read } from "../../components/feedback";
import { Heading } from "../../components/Heading";
import { Ago } from "../../components/times";

/** The newest artifact of each key; every version of one is on its page. */
export function ArtifactsPage() {
  const artifacts = useQuery(queries.artifacts({ latest: true }));
  return (
    <>
      <Heading title="Artifacts" />
      <div className="card overflow-hidden">
        <Read query={artifacts}>
          {({ items }) =>
            items.length ? (
              items.map((artifact) => (
                <article key={artifact.id} className="flex h-14 items-center gap-3 border-b border-line px-4 last:border-0 hover:bg-[var(--hover)]">
                  <div className="min-w-0 flex-1">
                    <Link to="/artifacts/$id" params={{ id: artifact.id }} className="block truncate font-semibold hover:underline">
                      {artifact.key}
                    </Link>
                    <p className="truncate text-[12.5px] text-muted">{artifact.description}</p>
                  </div>
                  <span className="text-muted">{artifact.kind}</span>
                  <span className="w-24 text-right text-muted">
                    <Ago at={artifact.updated ?? artifact.created} />
                  </span>
                </article>
              ))
            ) : (
              <EmptyState title="No artifact with a key yet" command='create_table_artifact(rows, key="scores")'>
                Artifacts of one key are versions of one thing. Those without a key are on the pages of their runs.
              </EmptyState>
            )
          }
        </Read>
      </div>
    </>
  );
}
