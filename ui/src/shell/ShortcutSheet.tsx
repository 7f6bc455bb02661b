import { useEffect, useState } from "react";
import { KeyHint } from "../components/controls";
import { Dialog } from "../components/Dialog";
import { OPEN_SHEET, SHORTCUTS } from "./shortcuts";

export function ShortcutSheet() {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const show = () => setOpen(true);
    addEventListener(OPEN_SHEET, show);
    return () => removeEventListener(OPEN_SHEET, show);
  }, []);
  return (
    <Dialog open={open} onClose={() => setOpen(false)} title="Keyboard shortcuts">
      <div className="flex flex-col gap-4">
        {SHORTCUTS.map(([group, keys]) => (
          <section key={group}>
            <h3 className="mb-1 text-muted">{group}</h3>
            <dl className="grid grid-cols-[10rem_1fr] gap-y-1.5">
              {keys.map(([key, does]) => (
                <div key={key} className="contents">
                  <dt className="flex flex-wrap items-start gap-1">
                    {key.split(" ").map((each) => (
                      <KeyHint key={each}>{each}</KeyHint>
                    ))}
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
