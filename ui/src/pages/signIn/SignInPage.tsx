import { useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { post } from "../../api/client";
import { Button, Field } from "../../components/controls";
import { Command } from "../../components/feedback";
import { Sphere } from "../../components/icons";
import { placeAfter } from "./next";

/** Where a browser without a good cookie ends up. */
export function SignInPage() {
  const { next } = useSearch({ from: "/signin" });
  const [token, setToken] = useState("");
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await post("signin", { token: token.trim() });
      location.assign(placeAfter(next, location.origin));
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : String(problem));
      setBusy(false);
    }
  };
  return (
    <main className="grid min-h-screen place-items-center p-6">
      <form onSubmit={(event) => void submit(event)} className="card flex w-full max-w-sm flex-col gap-4 p-7">
        <Sphere width={40} height={40} strokeWidth={0.8} className="self-center text-accent" />
        <h1 className="text-center text-lg">Sign in to Armillary</h1>
        {next && next !== "/" && (
          <p className="-mt-2 text-center text-muted">
            You are signed out. After signing in you return to the page you were on.
          </p>
        )}
        <Field label="Token or sign-in code" error={error}>
          <input
            autoFocus
            required
            type="password"
            autoComplete="current-password"
            value={token}
            onChange={(event) => setToken(event.target.value)}
            className="field"
          />
        </Field>
        <Button type="submit" kind="primary" disabled={busy} className="justify-center">
          Sign in
        </Button>
        <div className="text-[12.5px] text-muted">
          <p className="mb-1">On the server's machine, this prints a link that signs you in:</p>
          <Command>armillary server status</Command>
        </div>
      </form>
    </main>
  );
}
