import { lazy, Suspense } from "react";
import type { Artifact } from "../../api/types";
import { classes } from "../../components/classes";
import { Loading } from "../../components/feedback";

const Markdown = lazy(() => import("./Markdown"));

/** What an artifact shows, by its kind. Nothing of it is taken as HTML. */
export function ArtifactBody({ artifact }: { artifact: Artifact }) {
  switch (artifact.kind) {
    case "markdown":
      return (
        <Suspense fallback={<Loading height={80} />}>
          <Markdown text={artifact.data} />
        </Suspense>
      );
    case "table":
      return <Table data={artifact.data} />;
    case "link":
      return <LinkTo data={artifact.data} />;
    case "image":
      return <Image data={artifact.data} words={artifact.description ?? artifact.key ?? "Image"} />;
    case "progress":
      return <Progress fraction={artifact.fraction ?? 0} />;
    default:
      return <pre className="overflow-x-auto font-mono text-[12.5px] whitespace-pre-wrap">{artifact.data}</pre>;
  }
}

const MOST_ROWS = 500;

function Table({ data }: { data: string }) {
  const rows = read(data);
  if (!Array.isArray(rows)) return <pre className="whitespace-pre-wrap">{data}</pre>;
  if (!rows.length) return <p className="text-muted">The table has no rows.</p>;
  const objects = rows.every((row) => typeof row === "object" && row !== null && !Array.isArray(row));
  const columns = objects ? [...new Set(rows.flatMap((row) => Object.keys(row as object)))] : null;
  const cells = (row: unknown): unknown[] =>
    columns ? columns.map((column) => (row as Record<string, unknown>)[column]) : Array.isArray(row) ? row : [row];
  return (
    <div className="overflow-x-auto" tabIndex={0} role="group" aria-label="Table">
      <table className="w-max text-[13px]">
        {columns && (
          <thead>
            <tr className="border-b border-line text-left">
              {columns.map((column) => (
                <th key={column} scope="col" className="max-w-96 px-3 py-1 font-medium">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
        )}
        <tbody>
          {rows.slice(0, MOST_ROWS).map((row, at) => (
            <tr key={at} className="border-b border-line last:border-0">
              {cells(row).map((cell, column) => (
                <td
                  key={column}
                  className={classes(
                    "max-w-96 px-3 py-1 align-top wrap-anywhere",
                    typeof cell === "number" ? "numeric text-right" : "",
                  )}
                >
                  {cell === null || cell === undefined ? (
                    <span className="text-muted">–</span>
                  ) : typeof cell === "object" ? (
                    JSON.stringify(cell)
                  ) : (
                    String(cell)
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > MOST_ROWS && <p className="px-3 py-1 text-muted">and {rows.length - MOST_ROWS} more rows</p>}
    </div>
  );
}

/** Links lead where a browser can go safely, or are only text. */
function LinkTo({ data }: { data: string }) {
  const link = read(data) as { url?: unknown; text?: unknown } | null;
  const url = String(link?.url ?? data);
  const text = String(link?.text ?? url);
  return /^(https?|mailto):/i.test(url) ? (
    <a href={url} target="_blank" rel="noreferrer noopener" className="link break-all">
      {text}
    </a>
  ) : (
    <span className="break-all">
      {text} <code className="text-muted">{url}</code>
    </span>
  );
}

/** Only images from this server: others stay links, because loading one reveals the reader to its host. */
function Image({ data, words }: { data: string; words: string }) {
  return data.startsWith("data:image/") ? (
    <img src={data} alt={words} className="max-h-[70vh] max-w-full" />
  ) : (
    <LinkTo data={JSON.stringify({ url: data })} />
  );
}

function Progress({ fraction }: { fraction: number }) {
  const percent = Math.round(fraction * 100);
  return (
    <div className="flex items-center gap-3">
      <div
        role="progressbar"
        aria-label="Progress"
        aria-valuenow={percent}
        aria-valuemin={0}
        aria-valuemax={100}
        className="h-2 flex-1 overflow-hidden rounded-full bg-[var(--hover)]"
      >
        <div className="h-full bg-accent transition-[width]" style={{ width: `${percent}%` }} />
      </div>
      <span className="numeric">{percent}%</span>
    </div>
  );
}

function read(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}
