/** A tree while it grows, node by node. */
import type { Tree } from '../onnx/tree.ts';

export interface GrowingNode {
  feature: number;
  threshold: number;
  members: Uint8Array | undefined;
  ranks: Uint8Array | undefined;
  missingLeft: number;
  left: number;
  right: number;
  value: number;
}

export type GrowingTree = GrowingNode[];

export function startTree(): GrowingTree {
  const tree: GrowingTree = [];
  addLeaf(tree);
  return tree;
}

/** Returns the number of the new node. */
export function addLeaf(tree: GrowingTree): number {
  const question = { feature: -1, threshold: 0, missingLeft: 0 };
  const sets = { members: undefined, ranks: undefined };
  return tree.push({ ...question, ...sets, left: 0, right: 0, value: 0 }) - 1;
}

export function toTree(nodes: GrowingTree): Tree {
  return {
    feature: Int32Array.from(nodes, (node) => node.feature),
    threshold: Float32Array.from(nodes, (node) => node.threshold),
    members: nodes.map((node) => node.members),
    ranks: nodes.map((node) => node.ranks),
    missingLeft: Uint8Array.from(nodes, (node) => node.missingLeft),
    left: Int32Array.from(nodes, (node) => node.left),
    right: Int32Array.from(nodes, (node) => node.right),
    value: Float32Array.from(nodes, (node) => node.value),
  };
}
