import * as Radix from "@radix-ui/react-dropdown-menu";
import { createContext, type ReactNode, useContext, useRef } from "react";
import { classes } from "./classes";

const Take = createContext<(act: () => void) => void>((act) => act());

/**
 * What is chosen is done when the menu has gone and its button has the focus again: a dialog that it opens gives it
 * back there.
 */
export function Menu({
  trigger,
  align = "end",
  children,
}: {
  trigger: ReactNode;
  align?: "start" | "end";
  children: ReactNode;
}) {
  const button = useRef<HTMLButtonElement>(null);
  const taken = useRef<(() => void) | null>(null);
  return (
    <Radix.Root>
      <Radix.Trigger ref={button} asChild>
        {trigger}
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          sideOffset={5}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            button.current?.focus();
            taken.current?.();
            taken.current = null;
          }}
          className="z-50 min-w-44 rounded-lg border border-line bg-[var(--raised)] p-1 shadow-[var(--shadow)]"
        >
          <Take value={(act) => (taken.current = act)}>{children}</Take>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export function MenuItem({
  children,
  danger = false,
  disabled = false,
  onSelect,
}: {
  children: ReactNode;
  danger?: boolean;
  disabled?: boolean;
  onSelect: () => void;
}) {
  const take = useContext(Take);
  return (
    <Radix.Item
      disabled={disabled}
      onSelect={() => take(onSelect)}
      className={classes(
        "flex cursor-pointer items-center gap-2 rounded-md px-2.5 py-1.5 outline-none",
        "data-[disabled]:cursor-default data-[disabled]:opacity-45 data-[highlighted]:bg-[var(--hover)]",
        danger ? "text-[var(--failed-ink)]" : "",
      )}
    >
      {children}
    </Radix.Item>
  );
}
