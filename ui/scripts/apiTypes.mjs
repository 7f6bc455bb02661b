// Types of the API's records, from docs/openapi.json. `--check` says whether the committed file is what it should be.
import { readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

const target = new URL("../src/api/schema.d.ts", import.meta.url);
const document = JSON.parse(readFileSync(new URL("../../docs/openapi.json", import.meta.url), "utf8"));
const records = {
  openapi: document.openapi,
  info: document.info,
  paths: {},
  components: { schemas: document.components.schemas },
};
const ast = await openapiTS(records, { defaultNonNullable: false, exportType: true });
const text = `// Made by scripts/apiTypes.mjs from docs/openapi.json.\n${astToString(ast)}`;

if (!process.argv.includes("--check")) {
  writeFileSync(target, text);
} else if (readFileSync(target, "utf8") !== text) {
  console.error("src/api/schema.d.ts is not what docs/openapi.json says. Run: npm run types");
  process.exit(1);
}
