/**
 * How the candidates of a run are narrowed down. By successive halving (Jamieson and Talwalkar,
 * Non-stochastic best arm identification and hyperparameter optimization, 2016) all of them learn
 * from few rows, the best third from three times as many, and so on, until the last ones learn
 * from all rows. Each rung costs about the same.
 */
import type { TrainerChoice } from '../model/definition.ts';
import { candidatesOf } from './candidates.ts';

export interface Rung {
  /** How many candidates learn in it. */
  readonly candidates: number;
  /** Share of the training rows that they learn from. */
  readonly share: number;
}

/** One of so many candidates goes on, and with so many times the rows. */
const FACTOR = 3;

export const MOST_RUNGS = 4;

/** Returns the rungs in order; a random search has one, of all candidates and all rows. */
export function rungsOf(trainer: TrainerChoice): Rung[] {
  const candidates = candidatesOf(trainer).length;
  if (trainer.searchBy !== 'halving') return [{ candidates, share: 1 }];
  const depth = Math.min(
    MOST_RUNGS,
    Math.floor(Math.log(candidates) / Math.log(FACTOR) + 1e-9) + 1,
  );
  return Array.from({ length: depth }, (_, rung) => ({
    candidates: Math.floor(candidates / FACTOR ** rung),
    share: 1 / FACTOR ** (depth - 1 - rung),
  }));
}
