import { useNavigate, useSearch } from "@tanstack/react-router";
import { DeploymentList } from "../../components/DeploymentList";
import { Heading, NameFilter } from "../../components/Heading";
import { IN_PLACE } from "../../shell/inPlace";

export function DeploymentsPage() {
  const { q = "" } = useSearch({ from: "/shell/deployments" });
  const navigate = useNavigate({ from: "/deployments" });
  return (
    <>
      <Heading title="Deployments">
        <NameFilter
          label="Deployments by name"
          value={q}
          onChange={(text) => void navigate({ search: { q: text || undefined }, ...IN_PLACE })}
        />
      </Heading>
      <div className="card overflow-hidden">
        <DeploymentList {...(q ? { criteria: { deployments: { name: { like_: q } } } } : {})} />
      </div>
    </>
  );
}
