import { useNavigate, useSearch } from "@tanstack/react-router";
import { FlowList } from "../../components/FlowList";
import { Heading, NameFilter } from "../../components/Heading";
import { IN_PLACE } from "../../shell/inPlace";

export function FlowsPage() {
  const { q = "" } = useSearch({ from: "/shell/flows" });
  const navigate = useNavigate({ from: "/flows" });
  return (
    <>
      <Heading title="Flows">
        <NameFilter
          label="Flows by name"
          value={q}
          onChange={(text) => void navigate({ search: { q: text || undefined }, ...IN_PLACE })}
        />
      </Heading>
      <div className="card overflow-hidden">
        <FlowList {...(q ? { criteria: { flows: { name: { like_: q } } } } : {})} />
      </div>
    </>
  );
}
