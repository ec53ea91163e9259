/** When an alarm rings and a training follows: what a backtest compares. */
import type { CompleteMonitors, Sustained } from '../model/monitors.ts';

export interface Policy {
  readonly name: string;
  readonly signal: 'never' | 'calendar' | 'performance' | 'drift' | 'prediction-drift';
  /**
   * Of performance, how much worse than on the holdout it may be, surely; of drift, how many times
   * its threshold; of a calendar, days between trainings.
   */
  readonly limit: number;
  readonly sustained: Sustained;
  readonly cooldownDays: number;
  readonly budgetPerMonth: number;
  /** Days that performance declines before an alarm of it trains. */
  readonly patienceDays: number;
}

export interface Usual {
  readonly monitors: Pick<CompleteMonitors, 'sustained'>;
  readonly cooldownDays: number;
  readonly budgetPerMonth: number;
  readonly patienceDays: number;
  /** Loss that the monitor allows. */
  readonly loss: number;
}

const ONCE: Sustained = { bad: 1, of: 1 };

/** Policies around the declared one, which is the first, and those that look at nothing. */
export function usualPolicies({ monitors, loss, ...rest }: Usual): Policy[] {
  const { sustained } = monitors;
  const patient = { bad: sustained.bad + 1, of: sustained.of + 2 };
  const of = (signal: Policy['signal'], limit: number, window: Sustained): Omit<Policy, 'name'> =>
    Object.assign({ signal, limit, sustained: window }, rest);
  const all = [
    of('performance', loss, sustained),
    of('performance', loss, ONCE),
    of('performance', loss, patient),
    { ...of('performance', loss, sustained), patienceDays: rest.patienceDays > 0 ? 0 : 7 },
    ...[loss / 4, loss / 2, loss * 2].map((limit) => of('performance', limit, sustained)),
    ...(['drift', 'prediction-drift'] as const).flatMap((signal) =>
      [ONCE, sustained].flatMap((window) => [0.4, 1, 2].map((limit) => of(signal, limit, window))),
    ),
    ...[7, 28].map((limit) => of('calendar', limit, ONCE)),
    of('never', 0, ONCE),
  ];
  return all.map((policy) => Object.assign(policy, { name: nameOf(policy) }));
}

function nameOf(policy: Omit<Policy, 'name'>): string {
  const { signal, limit, sustained, patienceDays } = policy;
  const { bad, of } = sustained;
  if (signal === 'never') return 'never';
  if (signal === 'calendar') return `every ${limit} days`;
  const far = signal === 'performance' ? `loss ${Number(limit.toPrecision(3))}` : `× ${limit}`;
  const after = signal === 'performance' && patienceDays > 0 ? `, after ${patienceDays} days` : '';
  return `${signal}, ${far}, ${bad} of ${of}${after}`;
}
