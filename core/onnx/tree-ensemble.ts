/** Writes boosted trees as one self-contained ONNX file. */
import type { Encoding } from './encoding.ts';
import { addEncoding } from './encoding-graph.ts';
import { type Attribute, GraphWriter } from './graph.ts';
import type { Tree } from './tree.ts';

export interface TreesFile {
  readonly encoding: Encoding;
  readonly trees: readonly Tree[];
  /** Score before the first tree. */
  readonly base: number;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Codes of `nodes_modes` in ONNX's TreeEnsemble. */
const BRANCH_LEQ = 0;
const BRANCH_MEMBER = 6;
const SUM = 1;

/** Raw features in; the sum of all trees out, through a sigmoid where a probability is wanted. */
export function treesToOnnx({ encoding, trees, base, metadata }: TreesFile): Uint8Array {
  const graph = new GraphWriter();
  const encoded = addEncoding(graph, encoding);
  const sum = graph.mlNode('TreeEnsemble', [encoded], ensembleAttributes(trees));
  const score = graph.node('Add', [sum, graph.constant(Float32Array.of(base), [1])]);
  const { output } = encoding.signature;
  const column = output === 'probability' ? graph.node('Sigmoid', [score]) : score;
  const flat = graph.node('Reshape', [column, graph.constant(BigInt64Array.of(-1n), [1])]);
  return graph.finish({ name: 'gradient-boosted-trees', from: flat, output, metadata });
}

/** All trees in one list of branches and one of leaves, which number their children apart. */
function ensembleAttributes(trees: readonly Tree[]): Record<string, Attribute> {
  const branches: Branch[] = [];
  const weights: number[] = [];
  const roots: number[] = [];
  for (const tree of trees) {
    roots.push(branches.length);
    addBranches(tree, branches, weights);
  }
  const ints = (of: (branch: Branch) => number): Attribute => ({ ints: branches.map(of) });
  const members = branches.flatMap((branch) => (branch.members ? [...branch.members, NaN] : []));
  return {
    n_targets: { int: 1 },
    aggregate_function: { int: SUM },
    tree_roots: { ints: roots },
    nodes_featureids: ints(({ feature }) => feature),
    nodes_modes: {
      tensor: Uint8Array.from(branches, (branch) => (branch.members ? BRANCH_MEMBER : BRANCH_LEQ)),
    },
    nodes_splits: { tensor: Float32Array.from(branches, ({ threshold }) => threshold) },
    nodes_missing_value_tracks_true: ints(({ missingLeft }) => missingLeft),
    nodes_truenodeids: ints(({ left }) => left.id),
    nodes_trueleafs: ints(({ left }) => left.isLeaf),
    nodes_falsenodeids: ints(({ right }) => right.id),
    nodes_falseleafs: ints(({ right }) => right.isLeaf),
    ...(members.length > 0 && { membership_values: { tensor: Float32Array.from(members) } }),
    leaf_targetids: { ints: weights.map(() => 0) },
    leaf_weights: { tensor: Float32Array.from(weights) },
  };
}

interface Child {
  readonly id: number;
  readonly isLeaf: 0 | 1;
}

interface Branch {
  readonly feature: number;
  readonly threshold: number;
  /** Category codes that go left. */
  readonly members: readonly number[] | undefined;
  readonly missingLeft: number;
  readonly left: Child;
  readonly right: Child;
}

function addBranches(tree: Tree, branches: Branch[], weights: number[]): void {
  const nodes = [...tree.feature.keys()];
  const isLeaf = (node: number): boolean => tree.feature[node]! < 0;
  const ids = new Map<number, Child>();
  let branchId = branches.length;
  for (const node of nodes) {
    if (isLeaf(node)) ids.set(node, { id: weights.push(tree.value[node]!) - 1, isLeaf: 1 });
    else ids.set(node, { id: branchId++, isLeaf: 0 });
  }
  if (isLeaf(0)) {
    // ONNX has no tree of one leaf: a branch whose two sides are that leaf says the same.
    const only = ids.get(0)!;
    branches.push({ ...NO_QUESTION, left: only, right: only });
  }
  for (const node of nodes.filter((candidate) => !isLeaf(candidate))) {
    const member = tree.members[node];
    branches.push({
      feature: tree.feature[node]!,
      threshold: tree.threshold[node]!,
      members: member && [...member.keys()].filter((code) => member[code] === 1),
      missingLeft: tree.missingLeft[node]!,
      left: ids.get(tree.left[node]!)!,
      right: ids.get(tree.right[node]!)!,
    });
  }
}

const NO_QUESTION = { feature: 0, threshold: 0, members: undefined, missingLeft: 0 };
