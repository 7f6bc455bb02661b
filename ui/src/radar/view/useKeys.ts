import { useEffect, useRef } from "react";
import { isTyping } from "../../shell/shortcuts";

/**
 * What each key does on a page, unless a text field has the focus or a dialog is open. Other keys go to the browser.
 */
export type Keys = Record<string, (() => unknown) | undefined>;

const WALKED = "[role=tree], [role=table], [role=group]";

export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  useEffect(() => void (latest.current = keys), [keys]);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("[role=dialog]"))
        return;
      // Arrow keys keep their meaning in trees, tables and groups.
      if (event.key.startsWith("Arrow") && (event.target as HTMLElement).closest(WALKED)) return;
      const act = latest.current[event.key];
      if (!act) return;
      act();
      event.preventDefault();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}
