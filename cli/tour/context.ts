import type { ObjectStore } from '../../core/aws/objects.ts';
import type { ModelDefinition } from '../../core/model/index.ts';
import type { Target } from '../target.ts';

/** What every part of the tour works with. */
export interface TourContext {
  readonly target: Target;
  readonly model: ModelDefinition;
  readonly objects: ObjectStore;
  /** Share of the training rows to learn from; a first run need not take minutes. */
  readonly sample: number;
}

/** The flights to learn from, and those that come afterwards. */
export const PAST = { from: '2001-01-01', to: '2001-05-01' };
export const LIVE = { from: '2001-05-01', to: '2001-06-01' };
/** One live flight in so many is sent as an event. */
export const EVERY = 100;
/** A day whose flights are all scored as a batch. */
export const SCORED_DAY = { from: '2001-05-02', to: '2001-05-03' };
