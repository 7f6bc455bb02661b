import { useEffect, useId } from "react";

/** Something that can be done on the page that is shown, by keyboard too. */
export interface PageAction {
  label: string;
  run: () => void;
  /** It shows another part of the page, instead of doing something. */
  leads?: boolean;
}

/** By who offers them: a page, and parts of it. */
const offered = new Map<string, readonly PageAction[]>();

/** Offer these in the command palette while the component is shown. */
export function usePageActions(actions: readonly PageAction[]): void {
  const id = useId();
  useEffect(() => {
    offered.set(id, actions);
    return () => {
      offered.delete(id);
    };
  });
}

/** What the page offers now: first what it does, then what it shows. */
export function pageActions(): readonly PageAction[] {
  const all = [...offered.values()].flat();
  return [...all.filter((action) => !action.leads), ...all.filter((action) => action.leads)];
}
