/** A decision tree as flat arrays: node 0 is the root. */
export interface Tree {
  /** Column that a node asks about; -1 for a leaf. */
  readonly feature: Int32Array;
  /** A value that is at most this goes left. */
  readonly threshold: Float32Array;
  /** 1 where a missing value goes left. */
  readonly missingLeft: Uint8Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** What a leaf adds to the prediction. */
  readonly value: Float32Array;
}

/**
 * Adds what a tree says of every row. `columns[f][row]`, NaN is missing.
 * O(rows × depth).
 */
export function addTree(tree: Tree, columns: readonly Float32Array[], scores: Float64Array): void {
  const { feature, threshold, missingLeft, left, right, value } = tree;
  for (let row = 0; row < scores.length; row++) {
    let node = 0;
    for (let f = feature[0]!; f >= 0; f = feature[node]!) {
      const number = columns[f]![row]!;
      const goesLeft =
        number <= threshold[node]! || (missingLeft[node] === 1 && Number.isNaN(number));
      node = goesLeft ? left[node]! : right[node]!;
    }
    scores[row]! += value[node]!;
  }
}
