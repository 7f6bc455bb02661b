import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { post } from "../../api/client";
import * as queries from "../../api/queries";
import { flowRunKeys } from "../../api/queryKeys";
import type { BulkAnswer, Criteria } from "../../api/types";
import { Button } from "../../components/controls";
import { Dialog } from "../../components/Dialog";
import { Fault, Loading } from "../../components/feedback";
import { notify } from "../../components/toast";
import { usePageActions } from "../../shell/pageActions";
import { count, plural } from "../../time/format";
import { leftOutWords, outcomeOf, scopeOf, type Verb, VERBS } from "./bulk";

interface Props {
  criteria: Criteria;
  /** Those that match too and are not listed because they are still to come. */
  upcoming: Criteria | null;
  matched: number;
  chosen: ReadonlySet<string>;
  onDone: () => void;
}

/** Applies an action to the selected runs, or to all that match, after showing how many. */
export function BulkActions({ criteria, upcoming, matched, chosen, onDone }: Props) {
  const [asked, setAsked] = useState<Verb | null>(null);
  const many = chosen.size || matched;
  const words = (verb: Verb) => `${verb.label} ${chosen.size ? "selected" : "all"} …`;
  usePageActions(
    many
      ? VERBS.map((verb) => ({
          label: `${verb.label} ${chosen.size ? "selected runs" : "all listed runs"} …`,
          run: () => setAsked(verb),
        }))
      : [],
  );
  return (
    <div className="flex flex-wrap items-center gap-2">
      {VERBS.map((verb) => (
        <Button key={verb.path} disabled={!many} onClick={() => setAsked(verb)}>
          {words(verb)}
        </Button>
      ))}
      {chosen.size > 0 && (
        <span className="text-muted">
          {plural(chosen.size, "run")} selected ·{" "}
          <button type="button" className="link" onClick={onDone}>
            Clear selection
          </button>
        </span>
      )}
      {asked && (
        <Ask
          verb={asked}
          wanted={scopeOf(asked, criteria, chosen)}
          listed={chosen.size || matched}
          upcoming={chosen.size ? null : upcoming}
          onClose={() => setAsked(null)}
          onDone={onDone}
        />
      )}
    </div>
  );
}

/** Counts first; nothing is done before that is read. */
function Ask({
  verb,
  wanted,
  listed,
  upcoming,
  onClose,
  onDone,
}: {
  verb: Verb;
  wanted: Criteria;
  listed: number;
  upcoming: Criteria | null;
  onClose: () => void;
  onDone: () => void;
}) {
  const client = useQueryClient();
  const toCome = useQuery({ ...queries.flowRunCount(upcoming ?? {}), enabled: upcoming !== null }).data;
  const {
    mutate: look,
    data: answer,
    error,
  } = useMutation({ mutationFn: () => post<BulkAnswer>(verb.path, { ...wanted, dry_run: true }) });
  useEffect(() => look(), [look]);
  const [fromFailure, setFromFailure] = useState(true);
  const act = useMutation({
    mutationFn: () =>
      post<BulkAnswer>(verb.path, {
        ...wanted,
        dry_run: false,
        ...(verb.resumes ? { from_failure: fromFailure } : {}),
      }),
    onSuccess: (done) => {
      notify(outcomeOf(done));
      void client.invalidateQueries({ queryKey: flowRunKeys.all() });
      onDone();
      onClose();
    },
  });
  const leftOut =
    answer && leftOutWords(verb, { listed, matched: answer.matched, upcoming: upcoming === null ? 0 : (toCome ?? 0) });
  return (
    <Dialog open onClose={onClose} title={`${verb.label} runs`}>
      {!answer && !error && <Loading height={40} />}
      {answer && (
        <p>
          {plural(answer.done, "run")} would be {verb.does}.
          {answer.matched > answer.done && ` ${count(answer.matched)} match; repeat the action for the rest.`}
        </p>
      )}
      {leftOut && <p className="mt-2 text-muted">{leftOut}</p>}
      {verb.resumes && (
        <label className="mt-3 flex items-center gap-2">
          <input
            type="checkbox"
            checked={fromFailure}
            onChange={(event) => setFromFailure(event.target.checked)}
            className="accent-[var(--accent)]"
          />
          From failure: skips completed tasks whose results are stored
        </label>
      )}
      <Fault error={error ?? act.error} />
      <div className="mt-5 flex justify-end gap-2">
        <Button data-first onClick={onClose}>
          Back
        </Button>
        <Button
          kind={verb.danger ? "danger" : "primary"}
          disabled={!answer?.done || act.isPending}
          onClick={() => act.mutate()}
        >
          {act.isPending ? "Working …" : `${verb.label} ${answer ? plural(answer.done, "run") : ""}`}
        </Button>
      </div>
    </Dialog>
  );
}
