/**
 * Orders of categories that many splits share.
 *
 * Each split could have a set of its own, but then a file must ask for thousands of sets. Where
 * splits cut one of a few orders in two instead, the graph looks up the ranks of a category once a
 * row, and all nodes compare a number: ONNX Runtime walks such trees several times faster.
 */
import { SLOTS } from './binning.ts';
import {
  bestSplit,
  type Ranking,
  type Split,
  type SplitQuestion,
  type SplitRules,
} from './split.ts';

export interface RankingRules extends SplitRules {
  /** Orders that each tree may add. */
  readonly rankings: number;
}

/** Orders of one feature that splits choose from; more are hardly ever better, and take time. */
const NEWEST = 16;
/** An order is worth adding where it gains so many times what those that are there gain. */
const WORTH = 1.2;

type Asked = (feature: number) => boolean;

export class Rankings {
  private readonly rules: RankingRules;
  /** By feature, the newest orders; undefined for a number. */
  private readonly newest: readonly (Ranking[] | undefined)[];
  private left = 0;

  constructor(rules: RankingRules) {
    this.rules = rules;
    this.newest = rules.boundaries.map((boundaries) => (boundaries ? undefined : []));
  }

  startTree(): void {
    this.left = this.rules.rankings;
  }

  /** The best split of a leaf by the orders there are, or by one of its own that is worth adding. */
  bestSplit(question: SplitQuestion, isAsked: Asked): Split | undefined {
    const known = bestSplit({ ...question, rankings: this.newest }, this.rules, isAsked);
    if (this.left === 0) return known;
    const isCategory: Asked = (feature) => isAsked(feature) && this.newest[feature] !== undefined;
    const own = this.newest.map(
      (orders, feature) => orders && [rankingOf(feature, question, this.rules.smoothing)],
    );
    const found = bestSplit({ ...question, rankings: own }, this.rules, isCategory);
    if (!found?.ranking || found.gain <= WORTH * (known?.gain ?? 0)) return known;
    const orders = this.newest[found.feature]!;
    orders.push(found.ranking);
    if (orders.length > NEWEST) orders.shift();
    this.left--;
    return found;
  }
}

/** Orders categories by their mean gradient; one without rows has that of all rows. */
function rankingOf(
  feature: number,
  { gradients, hessians, gradient, hessian, rows }: SplitQuestion,
  smoothing: number,
): Ranking {
  const mean = gradient / (hessian || 1);
  const extra = (smoothing * hessian) / rows;
  const means = Float64Array.from({ length: SLOTS }, (_, code) => {
    const slot = feature * SLOTS + code;
    if (hessians[slot] === 0) return mean;
    return (gradients[slot]! + extra * mean) / (hessians[slot]! + extra);
  });
  const order = Uint8Array.from(means.keys()).toSorted((a, b) => means[a]! - means[b]!);
  const ranks = new Uint8Array(SLOTS);
  for (const [rank, code] of order.entries()) ranks[code] = rank;
  return { order, ranks };
}
