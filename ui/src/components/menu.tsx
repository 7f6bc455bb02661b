import * as Radix from "@radix-ui/react-dropdown-menu";
import type { ReactNode } from "react";

export function Menu({ trigger, align = "end", children }: { trigger: ReactNode; align?: "start" | "end"; children: ReactNode }) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content align={align} sideOffset={5} className="z-50 min-w-44 rounded-lg border border-line bg-[var(--raised)] p-1 shadow-[var(--shadow)]">
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export function MenuItem({ children, danger = false, disabled = false, onSelect }: { children: ReactNode; danger?: boolean; disabled?: boolean; onSelect: () => void }) {
  return (
    <Radix.Item
      disabled={disabled}
      onSelect={onSelect}
      className={`flex cursor-pointer items-center gap-2 rounded-md px-2.5 py-1.5 outline-none data-[disabled]:cursor-default data-[disabled]:opacity-45 data-[highlighted]:bg-[var(--hover)] ${danger ? "text-[var(--failed-ink)]" : ""}`}
    >
      {children}
    </Radix.Item>
  );
}
