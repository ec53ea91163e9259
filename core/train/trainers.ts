/** The trainer of each algorithm that a model can declare. */
import type { Algorithm } from '../model/definition.ts';
import { gradientBoostedTrees } from './gradient-boosted-trees.ts';
import { linear } from './linear.ts';
import type { Trainer } from './trainer.ts';

export const TRAINERS: Readonly<Record<Algorithm, Trainer>> = {
  'gradient-boosted-trees': gradientBoostedTrees,
  linear,
};
