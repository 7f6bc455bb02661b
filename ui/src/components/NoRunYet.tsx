import { EmptyState } from "./feedback";

/** Shown where no run falls into the default time range. */
export const NoRunYet = () => (
  <EmptyState title="No run in the last day" command="python my_flow.py">
    Decorate a function with @flow and call it: its run appears here live.
  </EmptyState>
);
