import { Link } from "@tanstack/react-router";
import { useZone } from "../time/zone";

/** In which zone times are told; it leads to where that is changed. */
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
