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

/** A number that stands for each category. */
export interface CategoryCode {
  /** Category feature that it encodes. */
  readonly name: string;
  /** 'member': 1, 2, 3…, to be asked for by sets; 'statistic': the mean target where training saw it. */
  readonly kind: 'member' | 'statistic';
  /** 32-bit floats by category seen in training; the empty string is 'missing'. */
  readonly values: ReadonlyMap<string, number>;
  /** For a category that training never saw: 0, a member of no set; or the overall mean. */
  readonly unseen: number;
}

/** The encoded columns, in this order: numbers as they are, derived numbers, category codes. */
export interface Encoding {
  readonly signature: Signature;
  readonly derived: readonly DerivedNumber[];
  readonly categories: readonly CategoryCode[];
}

/** Names of the encoded columns, in order. */
export function encodedNames({ signature, derived, categories }: Encoding): string[] {
  return [signature.numbers, [...derived, ...categories].map(({ name }) => name)].flat();
}
