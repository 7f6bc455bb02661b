import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import * as queries from "../../api/queries";
import type { Artifact } from "../../api/types";
import { Card } from "../../components/controls";
import { Facts } from "../../components/Facts";
import { Read } from "../../components/feedback";
import { Heading } from "../../components/Heading";
import { Moment } from "../../components/times";
import { ArtifactBody } from "./ArtifactBody";

export function ArtifactPage() {
  const { id } = useParams({ from: "/shell/artifacts/$id" });
  return <Read query={useQuery(queries.artifact(id))}>{(artifact) => <Shown artifact={artifact} />}</Read>;
}

function Shown({ artifact }: { artifact: Artifact }) {
  const run = useQuery(queries.flowRun(artifact.flow_run_id)).data;
  const versions =
    useQuery({ ...queries.artifacts({ key: artifact.key ?? "" }), enabled: artifact.key !== null }).data?.items ?? [];
  return (
    <>
      <Heading title={artifact.key ?? artifact.kind} />
      {artifact.description && <p className="wrap-anywhere text-muted">{artifact.description}</p>}
      <div className="grid gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,1fr)]">
        <div className="card overflow-hidden p-4">
          <ArtifactBody artifact={artifact} />
        </div>
        <div className="flex flex-col gap-4">
          <Card className="pt-4">
            <Facts
              facts={[
                ["Kind", artifact.kind],
                ["Created", <Moment key="c" at={artifact.created} />],
                [
                  "Flow run",
                  <Link key="r" to="/runs/flow-run/$id" params={{ id: artifact.flow_run_id }} className="link">
                    {run ? `${run.flow_name} / ${run.name}` : artifact.flow_run_id}
                  </Link>,
                ],
                ...(artifact.task_run_id
                  ? ([
                      [
                        "Task run",
                        <Link key="t" to="/runs/task-run/$id" params={{ id: artifact.task_run_id }} className="link">
                          {artifact.task_run_id.slice(0, 8)}
                        </Link>,
                      ],
                    ] as [string, React.ReactNode][])
                  : []),
              ]}
            />
          </Card>
          {versions.length > 1 && (
            <Card title="Versions">
              <ul className="flex flex-col gap-1 px-4 pb-4">
                {versions.map((version) => (
                  <li key={version.id}>
                    <Link
                      to="/artifacts/$id"
                      params={{ id: version.id }}
                      aria-current={version.id === artifact.id ? "true" : undefined}
                      className="link aria-[current]:font-semibold aria-[current]:text-ink"
                    >
                      <Moment at={version.created} exact />
                    </Link>
                  </li>
                ))}
              </ul>
            </Card>
          )}
        </div>
      </div>
    </>
  );
}
