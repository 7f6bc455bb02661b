import { useQuery } from "@tanstack/react-query";
import * as queries from "../../api/queries";
import { Read } from "../../components/feedback";
import { Cell, Row, Table } from "../../components/Table";

export function SettingsInForce() {
  const settings = useQuery(queries.settingsInForce());
  return (
    <div className="card overflow-hidden">
      <Read query={settings}>
        {(found) => (
          <Table label="Settings" heads={["Setting", "Value", "From", "Meaning"]}>
            {found.map((each) => (
              <Row key={each.name} className="align-top">
                <Cell className="font-mono text-[12.5px]">{each.name}</Cell>
                <Cell className="min-w-40 font-mono text-[12.5px] break-all">
                  {each.value ?? <span className="text-muted">not set</span>}
                </Cell>
                <Cell className={`whitespace-nowrap ${each.source === "default" ? "text-muted" : "font-medium"}`}>
                  {each.source}
                </Cell>
                <Cell className="min-w-60 text-muted">{each.meaning}</Cell>
              </Row>
            ))}
          </Table>
        )}
      </Read>
    </div>
  );
}
