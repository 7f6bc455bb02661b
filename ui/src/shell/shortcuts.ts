import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { isDark, setTheme } from "./theme";

/** Every shortcut there is, as the sheet shows them. */
export const SHORTCUTS: [group: string, keys: [keys: string, does: string][]][] = [
  [
    "Everywhere",
    [
      ["Ctrl K", "Go anywhere, do anything"],
      ["?", "Show keyboard shortcuts"],
      ["/", "Focus the page's search field"],
      ["g d", "Dashboard"],
      ["g r", "Runs"],
      ["g f", "Flows"],
      ["g p", "Deployments"],
      ["g q", "Work queues"],
      ["g a", "Artifacts"],
      ["g s", "Settings"],
      ["t", "Light or dark"],
    ],
  ],
  [
    "Radar",
    [
      ["arrows", "Pan; in the tree, move along a ring or along dependencies"],
      ["Enter", "Open the subflow"],
      ["o", "Expand or collapse the subflow"],
      ["x", "Hide or show what follows"],
      ["c", "Critical path"],
      ["f", "Next failure"],
      ["/", "Find a task run"],
      ["Ctrl-click, Ctrl Enter", "Add to the selection"],
      ["Shift-click, Shift Enter", "The path between two"],
      ["+ −", "Zoom"],
      ["0", "Fit"],
      ["Esc", "Clear selection"],
    ],
  ],
];

const PLACES: Record<string, string> = {
  d: "/",
  r: "/runs",
  f: "/flows",
  p: "/deployments",
  q: "/work-queues",
  a: "/artifacts",
  s: "/settings",
};

export const OPEN_PALETTE = "armillary:palette";
export const OPEN_SHEET = "armillary:shortcuts";

/** Whether a key press belongs to a field that is being written in. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

export function useShortcuts(): void {
  const navigate = useNavigate();
  useEffect(() => {
    let pending = "";
    let timer: ReturnType<typeof setTimeout> | undefined;
    const press = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        dispatchEvent(new Event(OPEN_PALETTE));
        return;
      }
      if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("[role=dialog]"))
        return;
      if (pending === "g" && PLACES[event.key]) void navigate({ to: PLACES[event.key]! });
      else if (event.key === "?") dispatchEvent(new Event(OPEN_SHEET));
      else if (event.key === "t") setTheme(isDark() ? "light" : "dark");
      else if (event.key === "/") {
        const field = document.querySelector<HTMLInputElement>("[data-search]");
        if (!field) return;
        field.focus();
        event.preventDefault();
      }
      pending = event.key === "g" ? "g" : "";
      clearTimeout(timer);
      timer = setTimeout(() => (pending = ""), 1200);
    };
    addEventListener("keydown", press);
    return () => {
      removeEventListener("keydown", press);
      clearTimeout(timer);
    };
  }, [navigate]);
}
