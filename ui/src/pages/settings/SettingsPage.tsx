import { useNavigate, useSearch } from "@tanstack/react-router";
import { Heading } from "../../components/Heading";
import { Tabs } from "../../components/Tabs";
import { IN_PLACE } from "../../shell/inPlace";
import { About } from "./About";
import { Limits } from "./Limits";
import { Notifications } from "./Notifications";
import { SettingsInForce } from "./SettingsInForce";
import { Storage } from "./Storage";
import { Tokens } from "./Tokens";
import { Variables } from "./Variables";

type Tab = "about" | "settings" | "storage" | "notifications" | "variables" | "limits" | "tokens";

export function SettingsPage() {
  const { tab = "about", new: asked } = useSearch({ from: "/shell/settings" });
  const navigate = useNavigate({ from: "/settings" });
  const onNew = (wish: boolean) =>
    void navigate({ search: (before) => ({ ...before, new: wish ? "1" : undefined }), ...IN_PLACE });
  return (
    <>
      <Heading title="Settings" />
      <Tabs<Tab>
        tabs={[
          { name: "about", label: "This server" },
          { name: "settings", label: "Settings in force" },
          { name: "storage", label: "Storage" },
          { name: "notifications", label: "Notifications" },
          { name: "variables", label: "Variables" },
          { name: "limits", label: "Concurrency limits" },
          { name: "tokens", label: "API tokens" },
        ]}
        current={tab as Tab}
        onChange={(name) => void navigate({ search: { tab: name }, ...IN_PLACE })}
      >
        {tab === "about" && <About />}
        {tab === "settings" && <SettingsInForce />}
        {tab === "storage" && <Storage isNew={asked === "1"} onNew={onNew} />}
        {tab === "notifications" && <Notifications isNew={asked === "1"} onNew={onNew} />}
        {tab === "variables" && <Variables />}
        {tab === "limits" && <Limits />}
        {tab === "tokens" && <Tokens />}
      </Tabs>
    </>
  );
}
