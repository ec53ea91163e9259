/** Writes boosted trees as one self-contained ONNX file. */
import type { Encoding } from './encoding.ts';
import { addEncoding } from './encoding-graph.ts';
import { GraphWriter } from './graph.ts';
import type { Tree } from './tree.ts';

export interface TreesFile {
  readonly encoding: Encoding;
  readonly trees: readonly Tree[];
  /** Score before the first tree. */
  readonly base: number;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Raw features in; the sum of all trees out, through a sigmoid where a probability is wanted. */
export function treesToOnnx({ encoding, trees, base, metadata }: TreesFile): Uint8Array {
  const graph = new GraphWriter();
  const encoded = addEncoding(graph, encoding);
  const score = graph.mlNode('TreeEnsembleRegressor', [encoded], {
    n_targets: { int: 1 },
    aggregate_function: { string: 'SUM' },
    base_values: { floats: [base] },
    ...nodeAttributes(trees),
    ...leafAttributes(trees),
  });
  const { output } = encoding.signature;
  const column = output === 'probability' ? graph.node('Sigmoid', [score]) : score;
  const flat = graph.node('Reshape', [column, graph.constant(BigInt64Array.of(-1n), [1])]);
  return graph.finish({ name: 'gradient-boosted-trees', from: flat, output, metadata });
}

type Field = 'feature' | 'threshold' | 'missingLeft' | 'left' | 'right';

function nodeAttributes(trees: readonly Tree[]) {
  const all = (field: Field): number[] => trees.flatMap((tree) => [...tree[field]]);
  const features = all('feature');
  return {
    nodes_treeids: { ints: trees.flatMap((tree, id) => [...tree.feature].map(() => id)) },
    nodes_nodeids: { ints: trees.flatMap((tree) => [...tree.feature.keys()]) },
    nodes_featureids: { ints: features.map((feature) => Math.max(0, feature)) },
    nodes_modes: { strings: features.map((feature) => (feature < 0 ? 'LEAF' : 'BRANCH_LEQ')) },
    nodes_values: { floats: all('threshold') },
    nodes_truenodeids: { ints: all('left') },
    nodes_falsenodeids: { ints: all('right') },
    nodes_missing_value_tracks_true: { ints: all('missingLeft') },
  };
}

function leafAttributes(trees: readonly Tree[]) {
  const leaves = trees.flatMap(({ feature, value }, tree) =>
    [...feature.keys()]
      .filter((node) => feature[node]! < 0)
      .map((node) => ({ tree, node, value: value[node]! })),
  );
  return {
    target_treeids: { ints: leaves.map(({ tree }) => tree) },
    target_nodeids: { ints: leaves.map(({ node }) => node) },
    target_ids: { ints: leaves.map(() => 0) },
    target_weights: { floats: leaves.map(({ value }) => value) },
  };
}
