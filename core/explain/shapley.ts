/** How much each feature of one row did for its prediction, whatever the model is. */
import { pick } from '../train/random.ts';

/** A row that is half of the explained one and half of a row of the background. */
export interface Hybrid {
  /** By feature: 1 if it has the explained row's value, 0 if the background's. */
  readonly taken: Uint8Array;
  /** Row of the background. */
  readonly background: number;
}

export interface ShapleyOptions {
  readonly features: number;
  /** Rows of the background. */
  readonly background: number;
  /** The model's output for hybrids, in their order. */
  readonly outputsOf: (hybrids: readonly Hybrid[]) => Promise<Float64Array>;
}

export interface Shapley {
  /** What each feature adds; sums to the output of the row minus `mean`. */
  readonly values: Float64Array;
  /** Mean output of the background. */
  readonly mean: number;
  /** Whether every coalition of features was looked at. */
  readonly exact: boolean;
}

/** More features have too many coalitions: 1024 for each row of the background. */
const MOST_EXACT = 10;

/** For each row of the background, where coalitions are sampled; half of them, and their reverses. */
const PERMUTATIONS = 20;

const SEED = 17;

/**
 * Shapley values of interventional expectations (Lundberg and Lee, A Unified Approach to
 * Interpreting Model Predictions, 2017): `v(S)` is the mean output where the features in S have
 * the row's values and the others those of the background, and feature i gets the mean, over all
 * orders in which features could be taken, of what taking it changes:
 * `sum over S without i of |S|! (n - |S| - 1)! / n! * (v(S with i) - v(S))`.
 *
 * Exact for up to ten features; above, the mean over the same pseudo-random orders each time
 * (Štrumbelj and Kononenko, Explaining prediction models and individual predictions with feature
 * contributions, 2014), each with its reverse. Both add up.
 */
export async function shapleyValues(options: ShapleyOptions): Promise<Shapley> {
  return options.features <= MOST_EXACT ? overCoalitions(options) : overOrders(options);
}

async function overCoalitions({
  features,
  background,
  outputsOf,
}: ShapleyOptions): Promise<Shapley> {
  const hybrids: Hybrid[] = [];
  for (let coalition = 0; coalition < 1 << features; coalition++) {
    const taken = Uint8Array.from({ length: features }, (_, at) => (coalition >> at) & 1);
    for (let row = 0; row < background; row++) hybrids.push({ taken, background: row });
  }
  const outputs = await outputsOf(hybrids);
  const value = (coalition: number): number =>
    meanOf(outputs.subarray(coalition * background, (coalition + 1) * background));
  const worths = Float64Array.from({ length: 1 << features }, (_, coalition) => value(coalition));
  const values = new Float64Array(features);
  for (let coalition = 0; coalition < worths.length; coalition++) {
    const size = hybrids[coalition * background]!.taken.reduce((sum, one) => sum + one, 0);
    const weight = 1 / (features * choose(features - 1, size));
    for (let at = 0; at < features; at++) {
      if (((coalition >> at) & 1) === 1) continue;
      values[at]! += weight * (worths[coalition | (1 << at)]! - worths[coalition]!);
    }
  }
  return { values, mean: worths[0]!, exact: true };
}

/** Takes features one after the other, from a row of the background to the explained one. */
async function overOrders({ features, background, outputsOf }: ShapleyOptions): Promise<Shapley> {
  const hybrids: Hybrid[] = [];
  const orders: number[][] = [];
  for (let row = 0; row < background; row++) {
    for (let at = 0; at < PERMUTATIONS / 2; at++) {
      const order = orderOf(features, row * PERMUTATIONS + at);
      for (const one of [order, order.toReversed()]) {
        orders.push(one);
        for (let taken = 0; taken <= features; taken++) {
          hybrids.push({ taken: maskOf(one.slice(0, taken), features), background: row });
        }
      }
    }
  }
  const outputs = await outputsOf(hybrids);
  const values = new Float64Array(features);
  let sum = 0;
  for (const [number, order] of orders.entries()) {
    const from = number * (features + 1);
    sum += outputs[from]!;
    for (const [step, feature] of order.entries()) {
      values[feature]! += (outputs[from + step + 1]! - outputs[from + step]!) / orders.length;
    }
  }
  return { values, mean: sum / orders.length, exact: false };
}

/** Fisher and Yates' shuffle. */
function orderOf(features: number, number: number): number[] {
  const order = Array.from({ length: features }, (_, at) => at);
  for (let at = features - 1; at > 0; at--) {
    const other = pick(SEED, number * features + at, at + 1);
    [order[at], order[other]] = [order[other]!, order[at]!];
  }
  return order;
}

function maskOf(taken: readonly number[], features: number): Uint8Array {
  const mask = new Uint8Array(features);
  for (const feature of taken) mask[feature] = 1;
  return mask;
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function choose(from: number, count: number): number {
  let ways = 1;
  for (let at = 0; at < count; at++) ways = (ways * (from - at)) / (at + 1);
  return ways;
}
