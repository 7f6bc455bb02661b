import { useNavigate, useSearch } from "@tanstack/react-router";
import { Heading } from "../../components/Heading";
import { Tabs } from "../../components/tabs";
import { About } from "./About";
import { Limits } from "./Limits";
import { SettingsInForce } from "./SettingsInForce";
import { Tokens } from "./Tokens";
import { Variables } from "./Variables";

type Tab = "about" | "settings" | "variables" | "limits" | "tokens";

export function SettingsPage() {
  const { tab = "about" } = useSearch({ from: "/shell/settings" });
  const navigate = useNavigate({ from: "/settings" });
  return (
    <>
      <Heading title="Settings" />
      <Tabs<Tab>
        tabs={[
          { name: "about", label: "This server" },
          { name: "settings", label: "Settings in force" },
          { name: "variables", label: "Variables" },
          { name: "limits", label: "Concurrency limits" },
          { name: "tokens", label: "API tokens" },
        ]}
        current={tab as Tab}
        onChange={(name) => void navigate({ search: { tab: name }, replace: true })}
      >
        {tab === "about" && <About />}
        {tab === "settings" && <SettingsInForce />}
        {tab === "variables" && <Variables />}
        {tab === "limits" && <Limits />}
        {tab === "tokens" && <Tokens />}
      </Tabs>
    </>
  );
}
