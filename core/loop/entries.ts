/**
 * What happened in the loop of a model, as a log: trainings that alarms started and what came of
 * them, the breaker, and the rollout. The log is the state: what holds is what its entries say.
 */
import type { Fact } from '../aws/facts.ts';
import { MalformedFactError } from '../registry/errors.ts';
import type { Evidence } from './guardrails.ts';

interface Entry {
  /** Place in the log: 1, 2, 3 and on. */
  readonly entry: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Who or what did it. */
  readonly by: string;
  /** Why, for people. */
  readonly reason: string;
}

/** An alarm started a training run. */
export interface RetrainEntry extends Entry {
  readonly kind: 'retrain';
  readonly runId: string;
}

/** What came of one; a later entry corrects an earlier one. */
export interface OutcomeEntry extends Entry {
  readonly kind: 'outcome';
  readonly runId: string;
  readonly helped: boolean;
}

/** Alarms start nothing from `stopped` on, until `resumed`. */
export interface BreakerEntry extends Entry {
  readonly kind: 'breaker';
  readonly state: 'stopped' | 'resumed';
}

export type TrafficKind = 'shadow' | 'canary';
export type RolloutStep = TrafficKind | 'promotion';

/** A version on its way from the gate to the champion's place. */
export interface RolloutEntry extends Entry {
  readonly kind: 'rollout';
  readonly version: number;
  /** The champion that it is to replace, and no other. */
  readonly champion: number;
  readonly phase: 'open' | 'promoted' | 'rolled back' | 'rejected' | 'superseded';
  /** What it gets to predict while it is open. */
  readonly traffic?: TrafficKind;
  /** Since when it gets that. */
  readonly since?: string;
  /** The step that a person has to approve. */
  readonly waitsFor?: RolloutStep;
  /** The numbers that it was decided by. */
  readonly evidence?: Evidence;
}

export type LoopEntry = RetrainEntry | OutcomeEntry | BreakerEntry | RolloutEntry;

/** An entry before it has its place. */
export type Addition = DistributiveOmit<LoopEntry, 'entry'>;
type DistributiveOmit<Union, Key extends PropertyKey> = Union extends unknown
  ? Omit<Union, Key>
  : never;

export interface Retrain extends RetrainEntry {
  /** Undefined while nobody can know. */
  readonly helped?: boolean;
}

export interface LoopState {
  readonly entries: number;
  /** Oldest first. */
  readonly retrains: readonly Retrain[];
  /** How many of them came before somebody last resumed retraining, who forgave them. */
  readonly forgiven: number;
  readonly stopped?: BreakerEntry;
  /** The newest, open or not. */
  readonly rollout?: RolloutEntry;
}

/** Reads the state off the log, oldest entry first. */
export function stateOf(entries: readonly LoopEntry[]): LoopState {
  const retrains = new Map<string, Retrain>();
  let forgiven = 0;
  let breaker: BreakerEntry | undefined;
  let rollout: RolloutEntry | undefined;
  for (const entry of entries) {
    if (entry.kind === 'retrain') retrains.set(entry.runId, entry);
    if (entry.kind === 'rollout') rollout = entry;
    if (entry.kind === 'outcome') {
      const retrain = retrains.get(entry.runId);
      if (retrain) retrains.set(entry.runId, { ...retrain, helped: entry.helped });
    }
    if (entry.kind === 'breaker') {
      breaker = entry;
      if (entry.state === 'resumed') forgiven = retrains.size;
    }
  }
  return {
    entries: entries.length,
    retrains: [...retrains.values()],
    forgiven,
    ...(breaker?.state === 'stopped' && { stopped: breaker }),
    ...(rollout && { rollout }),
  };
}

const KINDS: ReadonlySet<unknown> = new Set<LoopEntry['kind']>([
  'retrain',
  'outcome',
  'breaker',
  'rollout',
]);

/** @throws {MalformedFactError} */
export function asLoopEntry({ partition, sort, ...entry }: Fact): LoopEntry {
  if (isLoopEntry(entry)) return entry;
  throw new MalformedFactError(partition, sort, 'an entry of the loop');
}

function isLoopEntry(fact: object): fact is LoopEntry {
  return 'kind' in fact && KINDS.has(fact.kind) && 'at' in fact && typeof fact.at === 'string';
}
