import { EmptyState } from "./feedback";

/** Nothing has run in the time that is looked at without a filter. */
export const NoRunYet = () => (
  <EmptyState title="No run in the last day" command="python my_flow.py">
    Decorate a function with @flow and call it: its run appears here live.
  </EmptyState>
);
