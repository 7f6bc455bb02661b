import { useEffect } from "react";

/** Something that can be done on the page that is shown, by keyboard too. */
export interface PageAction {
  label: string;
  run: () => void;
}

let offered: PageAction[] = [];

/** Offer these in the command palette while the component is shown. */
export function usePageActions(actions: PageAction[]): void {
  useEffect(() => {
    offered = actions;
    return () => {
      offered = [];
    };
  });
}

/** What the page offers now. */
export const pageActions = (): readonly PageAction[] => offered;
