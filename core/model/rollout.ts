/** How a version that passed the gate takes over: in the shadow, then for a few, then for all. */
import type { ModelDeclaration, QualityMetric, Target } from './definition.ts';

/** Who decides that a step begins. */
export type Approval = 'automatic' | 'person';

export interface TrafficStep {
  /** Of the entities. @default 1 in the shadow, 0.1 as canary */
  readonly share?: number;
  /** At least so long. @default 24 */
  readonly hours?: number;
  /** Fewest labelled predictions of the new version. @default 500 */
  readonly minimumLabels?: number;
  /** Whether it begins by itself, or waits for `tidemill approve`. @default 'automatic' */
  readonly approval?: Approval;
}

/** Alarms that may send a version back, by the last part of their name. */
export const GUARDRAIL_ALARMS = [
  'challenger-failures',
  'predict-faults',
  'predict-latency',
] as const;

export type GuardrailAlarm = (typeof GUARDRAIL_ALARMS)[number];

/** What sends a version back. */
export interface Guardrails {
  /** @default the gate's; for several classes 'accuracy' */
  readonly metric?: QualityMetric;
  /** How much worse than the champion it may be, in the metric's units. @default 0 */
  readonly margin?: number;
  /**
   * How much worse than the champion it may still turn out to be, by the interval at the end of a
   * step; while that reaches farther, the step goes on until there are labels enough to know.
   *
   * @default 0.02 of AUC and accuracy, a twentieth of what the champion has of others
   */
  readonly tolerance?: number;
  /** Share of predictions that it may owe, so that the champion answered alone. @default 0.01 */
  readonly maximumErrorShare?: number;
  /** Alarms that must not begin to ring meanwhile. @default 'challenger-failures' and 'predict-faults' */
  readonly alarms?: readonly GuardrailAlarm[];
}

export interface Rollout {
  /** It predicts beside the champion, and nobody is answered with that. @default no such step */
  readonly shadow?: TrafficStep;
  /** It answers for a share of the entities. @default no such step */
  readonly canary?: TrafficStep;
  readonly promotion?: Pick<TrafficStep, 'approval'>;
  readonly guardrails?: Guardrails;
  /**
   * A version that is longer in one step is sent back, or waits for a person where there are labels
   * and they do not tell. @default 336, two weeks
   */
  readonly giveUpAfterHours?: number;
}

export interface CompleteRollout {
  readonly shadow?: Required<TrafficStep>;
  readonly canary?: Required<TrafficStep>;
  readonly promotion: Required<Pick<TrafficStep, 'approval'>>;
  readonly guardrails: Required<Omit<Guardrails, 'tolerance'>> & Pick<Guardrails, 'tolerance'>;
  readonly giveUpAfterHours: number;
}

/** Undefined where none is declared: what passes the gate is promoted at once. */
export function completeRollout({
  rollout,
  gate,
  target,
}: Pick<ModelDeclaration, 'rollout' | 'gate' | 'target'>): CompleteRollout | undefined {
  if (rollout === undefined) return undefined;
  const { shadow, canary, promotion, guardrails, giveUpAfterHours = 336 } = rollout;
  const step = { hours: 24, minimumLabels: 500, approval: 'automatic' } as const;
  return {
    ...(shadow && { shadow: { ...step, share: 1, ...shadow } }),
    ...(canary && { canary: { ...step, share: 0.1, ...canary } }),
    promotion: { approval: 'automatic', ...promotion },
    guardrails: {
      metric: target.kind === 'multiclass' ? 'accuracy' : gate.metric,
      margin: 0,
      maximumErrorShare: 0.01,
      alarms: ['challenger-failures', 'predict-faults'],
      ...guardrails,
    },
    giveUpAfterHours,
  };
}

/** Metrics that records can tell, which of several classes keep the likeliest one only. */
const MEASURED: Readonly<Record<Target['kind'], readonly QualityMetric[]>> = {
  binary: ['auc', 'log-loss'],
  regression: ['rmse', 'mae'],
  multiclass: ['accuracy'],
};

export function* problemsOfRollout({
  rollout,
  serving,
  schedules,
  target,
}: Pick<ModelDeclaration, 'rollout' | 'serving' | 'schedules' | 'target'>): Generator<string> {
  if (rollout === undefined) return;
  const { shadow, canary, giveUpAfterHours } = rollout;
  const hasTraffic = shadow !== undefined || canary !== undefined;
  if (hasTraffic && !serving.online && !serving.stream) {
    yield `rollout has steps with traffic, and nothing serves it; declare serving.online or serving.stream`;
  }
  if (hasTraffic && schedules?.monitor === undefined) {
    yield `rollout goes on with each monitoring, which never runs; declare schedules.monitor`;
  }
  yield* problemsOfStep('rollout.shadow', shadow);
  yield* problemsOfStep('rollout.canary', canary);
  yield* problemsOfGuardrails(rollout, target);
  if (giveUpAfterHours !== undefined && !(giveUpAfterHours > 0)) {
    yield `rollout.giveUpAfterHours ${giveUpAfterHours} must be above 0`;
  }
}

function* problemsOfGuardrails({ guardrails = {} }: Rollout, { kind }: Target): Generator<string> {
  const { metric, margin, tolerance, maximumErrorShare } = guardrails;
  if (metric !== undefined && !MEASURED[kind].includes(metric)) {
    yield `rollout.guardrails.metric '${metric}' cannot be told from records of a ${kind} target; use ${MEASURED[kind].join(', ')}`;
  }
  for (const [name, value] of Object.entries({ margin, tolerance })) {
    if (value !== undefined && !(value >= 0)) {
      yield `rollout.guardrails.${name} ${value} must be 0 or above`;
    }
  }
  if (maximumErrorShare !== undefined && !(maximumErrorShare >= 0 && maximumErrorShare <= 1)) {
    yield `rollout.guardrails.maximumErrorShare ${maximumErrorShare} must be from 0 to 1`;
  }
}

function* problemsOfStep(where: string, step: TrafficStep = {}): Generator<string> {
  const { share, hours, minimumLabels } = step;
  if (share !== undefined && !(share > 0 && share <= 1)) {
    yield `${where}.share ${share} must be above 0 and at most 1`;
  }
  if (hours !== undefined && !(hours >= 0)) yield `${where}.hours ${hours} must be 0 or above`;
  if (minimumLabels !== undefined && (!Number.isInteger(minimumLabels) || minimumLabels < 0)) {
    yield `${where}.minimumLabels ${minimumLabels} must be a whole number of 0 or above`;
  }
}
