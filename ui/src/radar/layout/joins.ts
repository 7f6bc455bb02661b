import { neighbours } from "./digraph";
import type { Rings } from "./rings";

/**
 * Numbers the vertices so that branches which join again first are next to one another.
 *
 * The numbers are the preorder of the post-dominator tree: the parent of a vertex is the first vertex that every way
 * onwards from it passes. All branches that end in one join lie in that join's subtree, and so have consecutive
 * numbers.
 */
export function joinOrder(rings: Rings): Int32Array {
  const end = rings.vertexCount;
  const parent = new Int32Array(end + 1).fill(end);
  const depth = new Int32Array(end + 1);
  const { starts, items } = rings.outward;
  for (let ring = rings.rings.length - 1; ring >= 0; ring--) {
    for (const vertex of rings.rings[ring]!) {
      let join = starts[vertex]! < starts[vertex + 1]! ? items[starts[vertex]!]! : end;
      for (let slot = starts[vertex]! + 1; slot < starts[vertex + 1]!; slot++) {
        join = nearestCommon(join, items[slot]!, parent, depth);
      }
      parent[vertex] = join;
      depth[vertex] = depth[join]! + 1;
    }
  }
  return preorder(parent, end);
}

function nearestCommon(left: number, right: number, parent: Int32Array, depth: Int32Array): number {
  while (left !== right) {
    if (depth[left]! >= depth[right]!) left = parent[left]!;
    else right = parent[right]!;
  }
  return left;
}

function preorder(parent: Int32Array, root: number): Int32Array {
  const vertices = Int32Array.from({ length: root }, (_, vertex) => vertex);
  const children = neighbours(root + 1, parent.subarray(0, root), vertices);
  const numbers = new Int32Array(root + 1);
  const stack = [root];
  for (let next = 0; stack.length > 0; next++) {
    const vertex = stack.pop()!;
    numbers[vertex] = next;
    for (let slot = children.starts[vertex + 1]! - 1; slot >= children.starts[vertex]!; slot--) {
      stack.push(children.items[slot]!);
    }
  }
  return numbers;
}
