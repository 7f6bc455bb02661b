import { useQuery } from "@tanstack/react-query";
import * as queries from "../../api/queries";
import { Read } from "../../components/feedback";

export function SettingsInForce() {
  const settings = useQuery(queries.settingsInForce());
  return (
    <div className="card overflow-x-auto">
      <Read query={settings}>
        {(found) => (
          <table className="w-full">
            <thead>
              <tr className="border-b border-line text-left text-[12.5px] text-muted">
                {["Setting", "Value", "From", "Meaning"].map((head) => (
                  <th key={head} className="px-4 py-2 font-medium">
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {found.map((each) => (
                <tr key={each.name} className="border-b border-line align-top last:border-0">
                  <td className="px-4 py-2 font-mono text-[12.5px]">{each.name}</td>
                  <td className="px-4 py-2 font-mono text-[12.5px] break-all">{each.value ?? <span className="text-muted">not set</span>}</td>
                  <td className={`px-4 py-2 whitespace-nowrap ${each.source === "default" ? "text-muted" : "font-medium"}`}>{each.source}</td>
                  <td className="px-4 py-2 text-muted">{each.meaning}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Read>
    </div>
  );
}
