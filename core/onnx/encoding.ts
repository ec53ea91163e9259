/** How raw features become the numbers that a model computes with, in the trainer and in the graph. */
import type { Cycle } from '../model/features.ts';
import type { Signature } from '../model/signature.ts';

/** A number computed from a time. */
export interface DerivedNumber {
  readonly name: string;
  /** Timestamp feature that it comes from. */
  readonly from: string;
  readonly cycle: Cycle;
}

/** Stands for a category: how the target was on average where training saw it. */
export interface CategoryStatistic {
  /** Category feature that it encodes. */
  readonly name: string;
  /** 32-bit floats by category seen in training; the empty string is 'missing'. */
  readonly values: ReadonlyMap<string, number>;
  /** For a category that training never saw. */
  readonly unseen: number;
}

/** The encoded columns, in this order: numbers as they are, derived numbers, category statistics. */
export interface Encoding {
  readonly signature: Signature;
  readonly derived: readonly DerivedNumber[];
  readonly statistics: readonly CategoryStatistic[];
}

/** Names of the encoded columns, in order. */
export function encodedNames({ signature, derived, statistics }: Encoding): string[] {
  return [signature.numbers, [...derived, ...statistics].map(({ name }) => name)].flat();
}
