import { Link } from "@tanstack/react-router";
import { useZone } from "../time/zone";

/** The time zone of displayed times, as a link to its setting. */
export function ZoneShown() {
  const zone = useZone();
  return (
    <Link
      to="/settings"
      aria-label={`Times are shown in ${zone}; change it`}
      title={`Times are shown in ${zone}`}
      className="max-w-full truncate px-1 text-[10.5px] text-muted hover:underline"
    >
      {zone.split("/").at(-1)!.replaceAll("_", " ")}
    </Link>
  );
}
