import * as Radix from "@radix-ui/react-dialog";
import { type ReactNode, useRef } from "react";
import { classes } from "./classes";
import { Button } from "./controls";
import { giveFocus } from "./focus";
import { Close } from "./icons";

interface Props {
  open: boolean;
  onClose: () => void;
  title: string;
  /** What it is for, in a sentence. */
  description?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}

export function Dialog({ open, onClose, title, description, wide = false, children }: Props) {
  const opener = useRef<Element | null>(null);
  return (
    <Radix.Root open={open} onOpenChange={(now) => !now && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-black/40" />
        <Radix.Content
          {...(description ? {} : { "aria-describedby": undefined })}
          onOpenAutoFocus={(event) => {
            opener.current = document.activeElement;
            const field = (event.currentTarget as HTMLElement).querySelector<HTMLElement>(
              "input:not([type=checkbox]):enabled, select:enabled, textarea:enabled, [data-first]",
            );
            if (!field) return;
            event.preventDefault();
            field.focus();
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            giveFocus(opener.current);
          }}
          className={classes(
            "fixed top-[8vh] left-1/2 z-50 flex max-h-[84vh] w-[92vw] -translate-x-1/2 flex-col rounded-xl border",
            "border-line bg-[var(--raised)] shadow-[var(--shadow)]",
            wide ? "max-w-3xl" : "max-w-lg",
          )}
        >
          <header className="flex items-center justify-between gap-3 px-5 pt-4 pb-2">
            <Radix.Title className="text-[15px] font-semibold">{title}</Radix.Title>
            <Radix.Close asChild>
              <Button kind="quiet" square aria-label="Close">
                <Close />
              </Button>
            </Radix.Close>
          </header>
          <div className="overflow-y-auto px-5 pb-5">
            {description && <Radix.Description className="mb-3 text-muted">{description}</Radix.Description>}
            {children}
          </div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** Asks before something is done that cannot be undone. */
export function Confirm({
  open,
  onClose,
  title,
  description,
  verb,
  danger = true,
  busy = false,
  onConfirm,
}: {
  open: boolean;
  onClose: () => void;
  title: string;
  description: ReactNode;
  verb: string;
  danger?: boolean;
  busy?: boolean;
  onConfirm: () => void;
}) {
  return (
    <Dialog open={open} onClose={onClose} title={title} description={description}>
      <div className="flex justify-end gap-2">
        <Button data-first onClick={onClose}>
          Keep it
        </Button>
        <Button kind={danger ? "danger" : "primary"} disabled={busy} onClick={onConfirm}>
          {verb}
        </Button>
      </div>
    </Dialog>
  );
}
