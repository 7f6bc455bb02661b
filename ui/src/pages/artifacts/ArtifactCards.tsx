import { Link } from "@tanstack/react-router";
import type { Artifact } from "../../api/types";
import { EmptyState } from "../../components/feedback";
import { Ago } from "../../components/times";
import { ArtifactBody } from "./ArtifactBody";

export function ArtifactCards({ artifacts }: { artifacts: Artifact[] }) {
  if (!artifacts.length) {
    return (
      <div className="card">
        <EmptyState title="No artifact yet" command='create_markdown_artifact("# Trips")'>
          Runs publish Markdown, tables, links, images and progress with armillary.artifacts.
        </EmptyState>
      </div>
    );
  }
  return (
    <div className="flex flex-col gap-3">
      {artifacts.map((artifact) => (
        <article key={artifact.id} className="card min-w-0 overflow-hidden">
          <header className="flex items-center gap-3 border-b border-line px-4 py-2">
            <Link to="/artifacts/$id" params={{ id: artifact.id }} className="truncate font-semibold hover:underline">
              {artifact.key ?? artifact.kind}
            </Link>
            <span className="truncate text-muted">{artifact.description}</span>
            <span className="ml-auto text-[12px] text-muted">
              {artifact.kind} · <Ago at={artifact.updated ?? artifact.created} />
            </span>
          </header>
          <div className="p-4">
            <ArtifactBody artifact={artifact} />
          </div>
        </article>
      ))}
    </div>
  );
}
