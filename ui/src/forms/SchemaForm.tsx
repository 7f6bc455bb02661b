import { type AriaAttributes, type FormEvent, type ReactNode, useMemo, useState } from "react";
import type { JsonObject } from "../api/types";
import { Button, Field } from "../components/controls";
import { fieldsOf, type FieldSpec, fieldText, parseField } from "./schema";

interface Props {
  schema: JsonObject;
  /** What is there already; the form begins with it. */
  values: JsonObject;
  verb: string;
  busy: boolean;
  /** The server's validation error. */
  fault?: string | undefined;
  onSubmit: (values: JsonObject) => void;
  children?: ReactNode;
}

/** A form made from the JSON Schema of an object. The server checks what it sends again. */
export function SchemaForm({ schema, values, verb, busy, fault, onSubmit, children }: Props) {
  const fields = useMemo(() => fieldsOf(schema), [schema]);
  const [texts, setTexts] = useState<Record<string, string>>(() =>
    Object.fromEntries(fields.map((field) => [field.name, fieldText(field, values[field.name] ?? field.fallback)])),
  );
  const [faults, setFaults] = useState<Record<string, string>>({});
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const found: Record<string, string> = {};
    const sent: JsonObject = {};
    for (const field of fields) {
      try {
        const value = parseField(field, texts[field.name] ?? "");
        if (value !== undefined) sent[field.name] = value;
      } catch (error) {
        found[field.name] = error instanceof Error ? error.message : String(error);
      }
    }
    setFaults(found);
    if (!Object.keys(found).length) onSubmit(sent);
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-3.5" noValidate>
      {fields.map((field) => (
        <Field
          key={field.name}
          label={
            <>
              {field.title} {field.required && <span className="text-muted">· required</span>}
            </>
          }
          hint={field.description || undefined}
          error={faults[field.name]}
        >
          <Input
            field={field}
            text={texts[field.name] ?? ""}
            onChange={(text) => setTexts({ ...texts, [field.name]: text })}
          />
        </Field>
      ))}
      {!fields.length && <p className="text-muted">This flow takes no parameters.</p>}
      {children}
      {fault && (
        <p role="alert" className="text-[var(--failed-ink)]">
          {fault}
        </p>
      )}
      <Button type="submit" kind="primary" disabled={busy} className="self-end">
        {verb}
      </Button>
    </form>
  );
}

interface InputProps extends AriaAttributes {
  field: FieldSpec;
  text: string;
  onChange: (text: string) => void;
}

function Input({ field, text, onChange, ...rest }: InputProps) {
  if (field.kind === "switch" || field.kind === "choice") {
    const options = field.kind === "switch" ? [true, false] : field.choices;
    const words = (option: unknown) =>
      option === true ? "yes" : option === false ? "no" : typeof option === "string" ? option : JSON.stringify(option);
    return (
      <select {...rest} className="field" value={text} onChange={(event) => onChange(event.target.value)}>
        <option value="">{field.required ? "Choose …" : "Flow default"}</option>
        {options.map((option) => (
          <option key={JSON.stringify(option)} value={JSON.stringify(option)}>
            {words(option)}
          </option>
        ))}
      </select>
    );
  }
  if (field.kind === "json" || field.kind === "long-text") {
    return (
      <textarea
        {...rest}
        rows={field.kind === "json" ? 3 : 5}
        spellCheck={false}
        className="field font-mono text-[12.5px]"
        value={text}
        onChange={(event) => onChange(event.target.value)}
      />
    );
  }
  const numeric = field.kind === "whole" || field.kind === "number";
  const example = { "date-time": "2022-06-15T03:51:00Z", date: "2022-06-15" }[field.kind as string];
  return (
    <input
      {...rest}
      className="field"
      inputMode={numeric ? "decimal" : "text"}
      placeholder={example}
      value={text}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
