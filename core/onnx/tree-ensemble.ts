/** Writes boosted trees as one self-contained ONNX file. */
import type { Encoding } from './encoding.ts';
import { addEncoding } from './encoding-graph.ts';
import { type Attribute, GraphWriter } from './graph.ts';
import { addOutput, type Calibration } from './output-graph.ts';
import { RankColumns } from './rank-columns.ts';
import { SetColumns } from './set-columns.ts';
import type { Tree } from './tree.ts';

export interface TreesFile {
  readonly encoding: Encoding;
  /** Of several classes one for each in turn, round after round. */
  readonly trees: readonly Tree[];
  /** Score of each class before the first tree; one where there are no classes. */
  readonly base: readonly number[];
  readonly calibration?: Calibration;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Codes of `nodes_modes` in ONNX's TreeEnsemble. */
const BRANCH_LEQ = 0;
const BRANCH_MEMBER = 6;
const SUM = 1;

/** Raw features in; the sum of all trees out, made a probability or probabilities where wanted. */
export function treesToOnnx(file: TreesFile): Uint8Array {
  const { encoding, trees, base, calibration, metadata } = file;
  const graph = new GraphWriter();
  const places = placesOf(encoding, trees);
  const encoded = addEncoding(graph, encoding, (feature) => places[feature]!.columns?.table());
  const attributes = ensembleAttributes(trees, base.length, places);
  const sum = graph.mlNode('TreeEnsemble', [encoded], attributes);
  const start = graph.constant(Float32Array.from(base), [1, base.length]);
  const scores = graph.node('Add', [sum, start]);
  addOutput(graph, scores, encoding.signature, calibration);
  return graph.finish({ name: 'gradient-boosted-trees', metadata });
}

/** Where the graph has an encoded column, and what takes its place if it is a member code. */
interface Place {
  readonly column: number;
  readonly columns?: SetColumns | RankColumns;
}

function placesOf({ signature, derived, categories }: Encoding, trees: readonly Tree[]): Place[] {
  const first = signature.numbers.length + derived.length;
  const areRanked = trees.some(({ ranks }) => ranks.some((own) => own !== undefined));
  const columnsOf = areRanked ? RankColumns : SetColumns;
  const columns = categories.map(({ kind, values }) =>
    kind === 'member' ? new columnsOf(values.size + 1) : undefined,
  );
  for (const { members, ranks, feature } of trees) {
    for (const [node, asked] of feature.entries()) {
      const codes = ranks[node] ?? members[node];
      if (codes) columns[asked - first]!.add(codes);
    }
  }
  const places: Place[] = Array.from({ length: first }, (_, column) => ({ column }));
  let column = first;
  for (const own of columns) {
    places.push({ column, ...(own && { columns: own }) });
    column += own ? own.table().columns : 1;
  }
  return places;
}

/** All trees in one list of branches and one of leaves, which number their children apart. */
function ensembleAttributes(
  trees: readonly Tree[],
  targets: number,
  places: readonly Place[],
): Record<string, Attribute> {
  const branches: Branch[] = [];
  const weights: number[] = [];
  const targetOf: number[] = [];
  const roots: number[] = [];
  for (const [at, tree] of trees.entries()) {
    roots.push(branches.length);
    addBranches(tree, branches, weights, places);
    while (targetOf.length < weights.length) targetOf.push(at % targets);
  }
  const ints = (of: (branch: Branch) => number): Attribute => ({ ints: branches.map(of) });
  const members = branches.flatMap((branch) => (branch.members ? [...branch.members, NaN] : []));
  return {
    n_targets: { int: targets },
    aggregate_function: { int: SUM },
    tree_roots: { ints: roots },
    nodes_featureids: ints(({ column }) => column),
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
    leaf_targetids: { ints: targetOf },
    leaf_weights: { tensor: Float32Array.from(weights) },
  };
}

interface Child {
  readonly id: number;
  readonly isLeaf: 0 | 1;
}

interface Branch {
  readonly column: number;
  readonly threshold: number;
  /** Values of the column that go left. */
  readonly members: readonly number[] | undefined;
  readonly missingLeft: number;
  readonly left: Child;
  readonly right: Child;
}

function addBranches(
  tree: Tree,
  branches: Branch[],
  weights: number[],
  places: readonly Place[],
): void {
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
    const { column, groups } = placeOf(tree, node, places[tree.feature[node]!]!);
    branches.push({
      column,
      threshold: tree.threshold[node]!,
      members: groups,
      missingLeft: tree.missingLeft[node]!,
      left: ids.get(tree.left[node]!)!,
      right: ids.get(tree.right[node]!)!,
    });
  }
}

/** The column that a node asks about, and the groups in it that go left where it asks for a set. */
function placeOf(
  { members, ranks }: Tree,
  node: number,
  { column: first, columns }: Place,
): { readonly column: number; readonly groups?: readonly number[] } {
  const rankOf = ranks[node];
  if (columns instanceof RankColumns) return { column: first + (rankOf ? columns.add(rankOf) : 0) };
  const set = members[node];
  if (!columns || !set) return { column: first };
  const { column, groups } = columns.grouped(set);
  return { column: first + column, groups };
}

const NO_QUESTION = { column: 0, threshold: 0, members: undefined, missingLeft: 0 };
