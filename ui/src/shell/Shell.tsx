import { Link, useLocation } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";
import { classes } from "../components/classes";
import * as Icons from "../components/icons";
import { CommandPalette } from "./CommandPalette";
import { LiveBadge } from "./LiveBadge";
import { ShortcutSheet } from "./ShortcutSheet";
import { ThemeSwitch } from "./ThemeSwitch";
import { ZoneShown } from "./ZoneShown";
import { useShortcuts } from "./shortcuts";

const PLACES = [
  { to: "/", label: "Dashboard", Icon: Icons.Dashboard },
  { to: "/runs", label: "Runs", Icon: Icons.Runs },
  { to: "/flows", label: "Flows", Icon: Icons.Flows },
  { to: "/deployments", label: "Deployments", Icon: Icons.Deployments },
  { to: "/work-queues", label: "Queues", Icon: Icons.Queues },
  { to: "/artifacts", label: "Artifacts", Icon: Icons.Artifacts },
  { to: "/settings", label: "Settings", Icon: Icons.Settings },
] as const;

/** The rail, the page beside it, and what is at hand everywhere. */
export function Shell({ children }: { children: ReactNode }) {
  const { pathname } = useLocation();
  useShortcuts();
  useEffect(() => {
    document.querySelector("main")?.focus({ preventScroll: true });
  }, [pathname]);
  const here = (to: string) => (to === "/" ? pathname === "/" : pathname.startsWith(to));
  return (
    <div className="flex min-h-screen">
      <a
        href="#page"
        className={classes(
          "sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-md",
          "focus:bg-surface focus:px-3 focus:py-2",
        )}
      >
        Skip to content
      </a>
      <nav
        aria-label="Main"
        className={classes(
          "sticky top-0 flex h-dvh w-[52px] shrink-0 flex-col items-center overflow-x-hidden overflow-y-auto",
          "border-r [scrollbar-width:thin] border-line bg-surface py-3 sm:w-[86px]",
        )}
      >
        <Link to="/" aria-label="Armillary" className="mb-3 grid size-10 place-items-center rounded-lg text-accent">
          <Icons.Sphere width={28} height={28} strokeWidth={1} />
        </Link>
        <ul className="flex w-full flex-1 flex-col gap-1 px-1.5">
          {PLACES.map(({ to, label, Icon }) => (
            <li key={to} className={to === "/settings" ? "mt-auto" : ""}>
              <Link
                to={to}
                title={label}
                aria-current={here(to) ? "page" : undefined}
                className={classes(
                  "flex flex-col items-center gap-0.5 rounded-lg py-1.5 text-[10.5px] font-medium",
                  here(to) ? "bg-accent-soft text-accent" : "text-muted hover:bg-[var(--hover)] hover:text-ink",
                )}
              >
                <Icon width={19} height={19} strokeWidth={1.3} />
                <span className="sr-only sm:not-sr-only">{label}</span>
              </Link>
            </li>
          ))}
        </ul>
        <div className="mt-2 flex flex-col items-center gap-2 border-t border-line pt-2">
          <ThemeSwitch />
          <ZoneShown />
          <LiveBadge />
        </div>
      </nav>
      <main
        id="page"
        tabIndex={-1}
        className={classes(
          "mx-auto flex w-full max-w-[1500px] min-w-0 flex-1 flex-col gap-4 px-3 py-4 outline-none sm:px-6",
          "sm:py-5",
        )}
      >
        {children}
      </main>
      <CommandPalette />
      <ShortcutSheet />
    </div>
  );
}
