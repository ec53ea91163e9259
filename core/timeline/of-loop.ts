/** What the loop decided: trainings for alarms, the breaker, rollouts, and what had to wait. */
import type { HeldBack } from '../loop/alarms.ts';
import type { LoopEntry } from '../loop/entries.ts';
import { tellRollout } from '../loop/rollout.ts';
import type { TimelineEntry } from './entry.ts';

export function entryOfLoop(entry: LoopEntry): TimelineEntry {
  const { at, by, reason } = entry;
  switch (entry.kind) {
    case 'retrain': {
      const text = `an alarm may train: ${reason}`;
      return { at, by, kind: 'retraining', text, runId: entry.runId };
    }
    case 'outcome': {
      const text = `training ${entry.helped ? 'helped' : 'did not help'}: ${reason}`;
      return { at, by, kind: 'retraining', text, runId: entry.runId };
    }
    case 'breaker': {
      const what = entry.state === 'stopped' ? 'alarms start no more' : 'alarms may train again';
      return { at, by, kind: 'retraining', text: `${what}: ${reason}` };
    }
    case 'rollout': {
      const text = `${tellRollout(entry)}: ${reason}`;
      return { at, by, kind: 'rollout', text, version: entry.version };
    }
    default:
      return entry satisfies never;
  }
}

export function entryOfHeldBack({ at, runId, trigger, cause, why }: HeldBack): TimelineEntry {
  const asked =
    cause === undefined ? `training for ${trigger}` : `training for ${trigger} (${cause})`;
  return { at, kind: 'held back', text: `${asked} was not started: ${why}`, runId };
}
