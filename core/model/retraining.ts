/** Training that an alarm starts by itself: for what, how often, and when it has to stop. */
import type { ModelDeclaration } from './definition.ts';
import type { Rollout } from './rollout.ts';

/** Alarms of a model that can start a training run, by the last part of their name. */
export const RETRAINING_ALARMS = ['performance', 'drift', 'prediction-drift'] as const;

export type RetrainingAlarm = (typeof RETRAINING_ALARMS)[number];

export interface Retraining {
  /**
   * Alarms that start a training run.
   *
   * @default 'performance', since drift that costs nothing needs no new model
   */
  readonly on?: readonly RetrainingAlarm[];
  /** After a training that an alarm started, alarms start no other for so long. @default 24 */
  readonly cooldownHours?: number;
  /** Trainings that alarms may start in a calendar month, UTC. @default 4 */
  readonly budgetPerMonth?: number;
  /**
   * Trainings in a row that alarms started and that did not help, after which alarms start no
   * more until `tidemill resume-retraining`. @default 3
   */
  readonly breakAfter?: number;
  /**
   * How long performance must have declined before alarms train for it, so that a holiday, or a
   * feed that was broken for some days, is not learned.
   *
   * @default 7, and 0 where a shadow or a canary sees whether it goes on
   */
  readonly patienceDays?: number;
}

/** Returns the policy with its defaults; without a declaration it holds for alarms of one's own. */
export function completeRetraining({
  retraining = {},
  rollout,
}: {
  readonly retraining?: Retraining;
  readonly rollout?: Pick<Rollout, 'shadow' | 'canary'>;
}): Required<Retraining> {
  return {
    on: ['performance'],
    cooldownHours: 24,
    budgetPerMonth: 4,
    breakAfter: 3,
    patienceDays: (rollout?.shadow ?? rollout?.canary) ? 0 : 7,
    ...retraining,
  };
}

export function* problemsOfRetraining({
  retraining = {},
  schedules,
}: Pick<ModelDeclaration, 'retraining' | 'schedules'>): Generator<string> {
  const { on } = retraining;
  if (on?.length === 0) {
    yield `retraining.on is empty; name alarms (${RETRAINING_ALARMS.join(', ')}), or leave retraining out`;
  }
  if (on && schedules?.monitor === undefined) {
    yield `retraining waits for alarms of a monitor that never runs; declare schedules.monitor`;
  }
  yield* problemsOfLimits(retraining);
}

function* problemsOfLimits({
  cooldownHours,
  budgetPerMonth,
  breakAfter,
  patienceDays,
}: Retraining): Generator<string> {
  if (patienceDays !== undefined && !(patienceDays >= 0)) {
    yield `retraining.patienceDays ${patienceDays} must be 0 or above; 7 is usual`;
  }
  if (cooldownHours !== undefined && !(cooldownHours > 0)) {
    yield `retraining.cooldownHours ${cooldownHours} must be above 0; 24 is usual`;
  }
  for (const [name, value] of Object.entries({ budgetPerMonth, breakAfter })) {
    if (value !== undefined && (!Number.isInteger(value) || value < 1)) {
      yield `retraining.${name} ${value} must be a whole number above 0`;
    }
  }
}
