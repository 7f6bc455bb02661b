import type { Rings } from "./rings";

/**
 * The order in which a depth-first walk first meets each ring's vertices. With next vertices taken by `joinOrder` there
 * is no crossing on any graph made of trees, chains and series-parallel parts.
 *
 * On any one ring, what hangs on an earlier branch comes before what hangs on a later one, what lies behind a join is
 * on a later ring than its branches, and two segments that keep the order at both ends do not cross. It holds for
 * segments that run without passing angle zero, i.e. with no turns.
 */
export function walkOrder(rings: Rings, precedence: ArrayLike<number>): Int32Array[] {
  const order = rings.rings.map((ring) => new Int32Array(ring.length));
  const filled = new Int32Array(order.length);
  const met = new Uint8Array(rings.vertexCount);
  const stack: number[] = [];
  const earlier = (left: number, right: number): number => precedence[left]! - precedence[right]! || left - right;
  const roots: number[] = [];
  for (let vertex = 0; vertex < rings.vertexCount; vertex++) {
    if (rings.inward.starts[vertex + 1] === rings.inward.starts[vertex]) roots.push(vertex);
  }
  roots.sort(earlier);
  for (const root of roots) {
    stack.push(root);
    while (stack.length > 0) {
      const vertex = stack.pop()!;
      if (met[vertex]) continue;
      met[vertex] = 1;
      const ring = rings.ringOf[vertex]!;
      order[ring]![filled[ring]!++] = vertex;
      const next = rings.outward.items.slice(rings.outward.starts[vertex], rings.outward.starts[vertex + 1]);
      next.sort(earlier);
      for (let at = next.length - 1; at >= 0; at--) stack.push(next[at]!);
    }
  }
  return order;
}
