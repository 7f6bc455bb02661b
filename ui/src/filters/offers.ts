import { useQuery } from "@tanstack/react-query";
import * as queries from "../api/queries";
import { completions, wordOf } from "./completions";

/** What the word being typed may become. */
export function useOffers(typed: string): string[] {
  const { key, part } = wordOf(typed);
  const any = key === null && part.length >= 2;
  const deployments = useQuery({ ...queries.deployments(), enabled: key === "deployment" || any }).data?.items ?? [];
  const flows = useQuery({ ...queries.flowsNamed(part), enabled: key === "flow" || any }).data?.items ?? [];
  const tags = useTags(key === "tag" || any);
  return completions(typed, {
    flows: flows.map((each) => each.name),
    deployments: deployments.map((each) => each.name),
    tags,
  });
}

/** Tags that are in use: those of deployments and of the latest runs. */
export function useTags(wanted: boolean): string[] {
  const deployments = useQuery({ ...queries.deployments(), enabled: wanted }).data?.items ?? [];
  const runs =
    useQuery({ ...queries.flowRunsPage({}, "EXPECTED_START_TIME_DESC", 200), enabled: wanted }).data?.items ?? [];
  return [...new Set([...deployments, ...runs].flatMap((each) => each.tags))].sort();
}
