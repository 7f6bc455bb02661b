/** Conventions that neither the compiler nor ESLint holds: file names, names of exports, and imports without cycles. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";

const SRC = dirname(fileURLToPath(import.meta.url));
const GENERATED = "api/schema.d.ts";

interface SourceFile {
  path: string;
  /** Names it exports; `isComponent`: starts with a capital and is a function in a `.tsx` file. */
  exports: { name: string; isComponent: boolean }[];
  /** Files of `src` it imports, types included. */
  imports: string[];
}

const paths = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => /\.tsx?$/.test(path) && path !== GENERATED)
  .sort();

function read(path: string): SourceFile {
  const text = readFileSync(join(SRC, path), "utf8");
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, false);
  const imports = ts.preProcessFile(text).importedFiles.flatMap(({ fileName }) => {
    if (!fileName.startsWith(".")) return [];
    const base = normalize(join(dirname(path), fileName));
    return paths.filter((other) => other === `${base}.ts` || other === `${base}.tsx`);
  });
  const exports = source.statements.filter(isExported).flatMap((statement) => namesOf(statement));
  return {
    path,
    imports,
    exports: exports.map(({ name, isFunction }) => ({
      name,
      isComponent: path.endsWith(".tsx") && isFunction && /^[A-Z][a-z]/.test(name),
    })),
  };
}

function isExported(statement: ts.Statement): boolean {
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  return modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
}

function namesOf(statement: ts.Statement): { name: string; isFunction: boolean }[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name, initializer }) =>
      ts.isIdentifier(name)
        ? [{ name: name.text, isFunction: initializer !== undefined && isFunction(initializer) }]
        : [],
    );
  if (ts.isFunctionDeclaration(statement) && statement.name) return [{ name: statement.name.text, isFunction: true }];
  if (ts.isClassDeclaration(statement) || ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement))
    return statement.name ? [{ name: statement.name.text, isFunction: false }] : [];
  return [];
}

/** An arrow function, or a component in `memo(…)`. */
const isFunction = (value: ts.Expression): boolean =>
  ts.isArrowFunction(value) || (ts.isCallExpression(value) && value.arguments.some(ts.isFunctionExpression));

/** `SidePanel` of `radar/view/SidePanel.tsx`, `layout` of `radar/layout.worker.ts`. */
const stemOf = (path: string): string => path.split("/").at(-1)!.split(".")[0]!;

const files = paths.map(read);

test("a file is named after the component it exports, and otherwise in camelCase", () => {
  const misnamed = files
    .filter(({ path }) => !path.includes(".test."))
    .filter(({ path, exports }) => {
      const components = exports.filter(({ isComponent }) => isComponent).map(({ name }) => name);
      const stem = stemOf(path);
      if (/^[A-Z]/.test(stem)) return !components.includes(stem);
      return components.length === 1 || !/^[a-z][A-Za-z0-9]*$/.test(stem);
    })
    .map(({ path }) => path);
  expect(misnamed).toEqual([]);
});

test("folders are named in camelCase", () => {
  const folders = [...new Set(paths.flatMap((path) => dirname(path).split("/")))];
  expect(folders.filter((folder) => !/^(\.|[a-z][A-Za-z0-9]*)$/.test(folder))).toEqual([]);
});

test("files of one folder differ by more than case, as some systems do not tell it", () => {
  const stems = paths.map((path) => path.replace(/\.tsx?$/, "").toLowerCase());
  expect(stems.filter((stem, at) => stems.indexOf(stem) !== at)).toEqual([]);
});
test("an exported name means one thing", () => {
  const homes = new Map<string, string[]>();
  for (const { path, exports } of files)
    for (const { name } of exports) homes.set(name, [...(homes.get(name) ?? []), path]);
  expect([...homes].filter(([, places]) => places.length > 1)).toEqual([]);
});

test("imports have no cycle, those of types included", () => {
  const importsOf = new Map(files.map(({ path, imports }) => [path, imports]));
  const cycles: string[][] = [];
  const done = new Set<string>();
  const walk = (path: string, way: readonly string[]): void => {
    const from = way.indexOf(path);
    if (from >= 0) cycles.push([...way.slice(from), path]);
    if (from >= 0 || done.has(path)) return;
    for (const next of importsOf.get(path)!) walk(next, [...way, path]);
    done.add(path);
  };
  for (const path of paths) walk(path, []);
  expect(cycles).toEqual([]);
});
