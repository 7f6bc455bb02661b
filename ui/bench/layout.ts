/** Times the radial layout and counts its crossings: `npx rolldown bench/layout.ts --platform node --file build/layout.mjs && node build/layout.mjs`, in `ui/`. */
import type { Graph } from "../src/radar/layout/graph";
import { layOut } from "../src/radar/layout/layout";
import { banded, graph, ladder, large, shuffledChains } from "./graphs";

const cases: Record<string, Graph> = {
  "12 chains x 5": shuffledChains(12, 5),
  "14 chains x 8": shuffledChains(14, 8),
  "banded 14 x 6, degree 2": banded(14, 6, 2),
  "banded 12 x 10, degree 2": banded(12, 10, 2),
  "diamond ladder, 30 levels": ladder(30),
  "chain, 500 deep": graph(500, Array.from({ length: 499 }, (_, at) => [at, at + 1])),
  "10,000 vertices / 20,000 edges": large(10_000, 200),
};

for (const [name, given] of Object.entries(cases)) {
  const times: number[] = [];
  let crossings = 0;
  for (let round = 0; round < 5; round++) {
    const started = performance.now();
    crossings = layOut(given).crossings;
    times.push(performance.now() - started);
  }
  times.sort((left, right) => left - right);
  console.log(`${name} (${given.vertexCount} vertices, ${given.sources.length} edges): median ${times[2]!.toFixed(1)} ms, worst ${times[4]!.toFixed(1)} ms, ${crossings} crossings`);
}
