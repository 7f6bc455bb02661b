import { useMutation, useQuery } from "@tanstack/react-query";
import { post } from "../../api/client";
import * as queries from "../../api/queries";
import { Button, Card, Field } from "../../components/controls";
import { Facts } from "../../components/Facts";
import { Read } from "../../components/feedback";
import { Cell, Row, Table } from "../../components/Table";
import { Ago } from "../../components/times";
import { notifyError } from "../../components/toast";
import { useTopic } from "../../live/live";
import { usePageActions } from "../../shell/pageActions";
import { setTheme, type Theme, useTheme } from "../../shell/theme";
import { localZone, setZone, useZone } from "../../time/zone";

const ZONES = [
  ...new Set([
    localZone(),
    "UTC",
    ...(typeof Intl.supportedValuesOf === "function" ? Intl.supportedValuesOf("timeZone") : []),
  ]),
];

/** What runs here, how it looks, and how its services go. */
export function About() {
  const version = useQuery(queries.version()).data;
  const database = useQuery(queries.database()).data;
  useTopic("service:*");
  const services = useQuery(queries.services());
  const theme = useTheme();
  const zone = useZone();
  const signOut = useMutation({
    mutationFn: () => post("signout"),
    onError: notifyError,
    onSuccess: () => location.assign("/signin"),
  });
  usePageActions([{ label: "Sign out", run: () => signOut.mutate() }]);
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <Card title="Server">
        <Facts
          facts={[
            ["Version", version?.version],
            ["Python", version?.python],
            ["Database", database?.kind],
            ["Size", database?.size_bytes == null ? null : `${(database.size_bytes / 1e6).toFixed(1)} MB`],
            ["Schema", database?.schema_version],
            ["Ledger", database && <code key="l">{database.ledger_id}</code>],
          ]}
        />
      </Card>
      <Card title="This browser">
        <div className="flex flex-col gap-3 px-4 pb-4">
          <Field label="Colours">
            <select className="field" value={theme} onChange={(event) => setTheme(event.target.value as Theme)}>
              <option value="system">Same as system</option>
              <option value="light">Light</option>
              <option value="dark">Dark</option>
            </select>
          </Field>
          <Field label="Times are shown in">
            <select className="field" value={zone} onChange={(event) => setZone(event.target.value)}>
              {ZONES.map((each) => (
                <option key={each}>{each}</option>
              ))}
            </select>
          </Field>
          <Button className="self-start" onClick={() => signOut.mutate()}>
            Sign out
          </Button>
        </div>
      </Card>
      <Card title="Services" className="lg:col-span-2">
        <Read query={services}>
          {(found) => (
            <Table label="Services" heads={["Service", "Last run", "Runs", "Runs on", "Last error"]}>
              {found.map((service) => (
                <Row key={service.name}>
                  <Cell className="font-medium">{service.name}</Cell>
                  <Cell>{service.loop_ended ? <Ago at={service.loop_ended} /> : "–"}</Cell>
                  <Cell className="tabular-nums">{service.loops}</Cell>
                  <Cell>{service.holder}</Cell>
                  <Cell className="text-[var(--failed-ink)]">{service.last_error}</Cell>
                </Row>
              ))}
            </Table>
          )}
        </Read>
      </Card>
    </div>
  );
}
