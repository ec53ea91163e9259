/** A decision tree as flat arrays: node 0 is the root. */
export interface Tree {
  /** Column that a node asks about; -1 for a leaf. */
  readonly feature: Int32Array;
  /** A number, or the rank of a category, that is at most this goes left. */
  readonly threshold: Float32Array;
  /** Where a node asks for a set of categories: 1 by code for those that go left. */
  readonly members: readonly (Uint8Array | undefined)[];
  /** Where a node asks for the rank of a category: the rank of each code. Many nodes share one. */
  readonly ranks: readonly (Uint8Array | undefined)[];
  /** 1 where a missing number goes left. */
  readonly missingLeft: Uint8Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** What a leaf adds to the prediction. */
  readonly value: Float32Array;
}

/**
 * Adds what a tree says of every row. `columns[f][row]`, NaN is a missing number.
 * O(rows × depth).
 */
export function addTree(tree: Tree, columns: readonly Float32Array[], scores: Float64Array): void {
  for (let row = 0; row < scores.length; row++) {
    let node = 0;
    for (let f = tree.feature[0]!; f >= 0; f = tree.feature[node]!) {
      node = goesLeft(tree, node, columns[f]![row]!) ? tree.left[node]! : tree.right[node]!;
    }
    scores[row]! += tree.value[node]!;
  }
}

function goesLeft(tree: Tree, node: number, value: number): boolean {
  const { threshold, members, ranks, missingLeft } = tree;
  const member = members[node];
  if (member) return member[value] === 1;
  const rankOf = ranks[node];
  if (rankOf) return rankOf[value]! <= threshold[node]!;
  return value <= threshold[node]! || (missingLeft[node] === 1 && Number.isNaN(value));
}
