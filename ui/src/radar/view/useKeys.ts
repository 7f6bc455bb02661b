import { useEffect, useRef } from "react";
import { isTyping } from "../../shell/shortcuts";

/**
 * What each key does on a page, while nobody types and no dialog is open. Keys that do nothing are left to the browser.
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
      // Where arrows walk or scroll by themselves they are not taken away.
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
