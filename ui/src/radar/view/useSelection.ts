import { useQueries } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import * as queries from "../../api/queries";
import { type Choice, choiceOf, parseEntries, type Entry, formatEntries } from "../model/selection";
import type { Scene } from "./scene";

export interface Selection {
  entries: readonly Entry[];
  /** Of the entries those that the graph draws, and their nodes, each once. */
  choices: readonly Choice[];
  nodes: readonly number[];
  choose: (entries: readonly Entry[]) => void;
}

/**
 * What is chosen, kept in the address. A task run that the graph does not draw by itself is looked up in the node that
 * stands for it.
 */
export function useSelection({ nodes, graph }: Scene, runTry: number | undefined): Selection {
  const { node: text } = useSearch({ from: "/shell/runs/flow-run/$id/radar" });
  const navigate = useNavigate({ from: "/runs/flow-run/$id/radar" });
  const choose = useCallback(
    (entries: readonly Entry[]) =>
      void navigate({ search: (before) => ({ ...before, node: formatEntries(entries) }), replace: true }),
    [navigate],
  );
  const indexById = useMemo(() => new Map(nodes.map(({ id }, at) => [id, at])), [nodes]);
  const asWritten = useMemo(() => parseEntries(text), [text]);
  const lost = useMemo(() => asWritten.filter((entry) => !choiceOf(entry, indexById)), [asWritten, indexById]);
  const groups = useQueries({
    queries: lost.map((entry) => queries.groupWith(graph.flow_run_id, entry.at(-1)!, runTry)),
    combine: (all) => all.map(({ data }) => data?.group_id),
  });
  const entries = useMemo(
    () =>
      asWritten.map((entry): Entry => {
        const group = groups[lost.indexOf(entry)];
        return group === undefined || group === entry.at(-1) ? entry : [group, entry.at(-1)!];
      }),
    [asWritten, lost, groups],
  );
  return useMemo(() => {
    const choices = entries.flatMap((entry) => choiceOf(entry, indexById) ?? []);
    return { entries, choices, nodes: [...new Set(choices.map(({ node }) => node))], choose };
  }, [entries, indexById, choose]);
}
