/** Plays a policy over the days: which alarms ring, which versions serve, and what that is worth. */
import type { Sustained } from '../model/monitors.ts';
import { isBetterHigher, type Measured } from '../monitor/labelled/judge.ts';
import type { Day, DayOfVersion } from './days.ts';
import type { Policy } from './policies.ts';

export interface Course {
  readonly days: readonly Day[];
  /** Oldest data first. */
  readonly versions: readonly Candidate[];
  /** Days until the labels of a day are in. */
  readonly delayDays: number;
  /** Loss against the holdout from which a day is bad; the same for all policies. */
  readonly badLoss: number;
}

export interface Candidate {
  readonly version: number;
  readonly from: Date;
  /** Of the metric on its holdout. */
  readonly reference: number;
  readonly vcpuSeconds: number;
}

export interface Outcome {
  readonly policy: Policy;
  readonly alarms: number;
  /** Alarms with no bad day among those that they looked at. */
  readonly falseAlarms: number;
  readonly falseAlarmsPerMonth: number;
  /** Stretches of bad days, of the versions that served. */
  readonly declines: number;
  /** Those that ended without an alarm. */
  readonly missed: number;
  /** Days from the start of a decline to its alarm, on average; null where none was found. */
  readonly delayDays: number | null;
  readonly retrains: number;
  readonly vcpuSeconds: number;
  /** Of the versions that served, weighted by rows. */
  readonly metric: number;
  /** The same of the last 28 days. */
  readonly metricAtEnd: number;
  /** What served on each day, and what it was worth. */
  readonly line: readonly { readonly at: Date; readonly version: number; readonly value: number }[];
  readonly retrainedAt: readonly Date[];
}

const DAY_MS = 86_400_000;
const MONTH_DAYS = 365.25 / 12;

interface Played {
  readonly day: Day;
  readonly served: Candidate;
  readonly of: DayOfVersion;
  readonly isBad: boolean;
}

/**
 * A day is bad if the performance that its labels showed is surely worse than the holdout's by more
 * than the bad loss: the good end of its interval is beyond it. An alarm is false if none of the
 * days it looked at was bad. A training puts the newest version in place whose data had ended by
 * then, from the next day on; where there is none that is newer, it changes nothing, and counts.
 */
export function playPolicy(policy: Policy, course: Course): Outcome {
  const state = startOf(policy, course);
  for (const day of course.days) playDay(state, day);
  return outcomeOf(state);
}

interface State {
  readonly policy: Policy;
  readonly course: Course;
  readonly played: Played[];
  /** Indices of the days on which an alarm began to ring, and of those days that it looked at. */
  readonly rung: { readonly at: number; readonly looked: readonly number[] }[];
  readonly retrainedAt: Date[];
  vcpuSeconds: number;
  served: Candidate;
  /** Since the version serves; its signals begin there. */
  since: number;
  isRinging: boolean;
  /** Whether this alarm has trained already. */
  hasTrained: boolean;
}

function startOf(policy: Policy, course: Course): State {
  const first = course.days[0];
  const served = first && newestBefore(course.versions, first.at);
  if (served === undefined) {
    throw new RangeError(
      'no version had seen its data before the first day; take a later --from, or train with an earlier --as-of',
    );
  }
  return {
    policy,
    course,
    played: [],
    rung: [],
    retrainedAt: [],
    vcpuSeconds: 0,
    served,
    since: 0,
    isRinging: false,
    hasTrained: false,
  };
}

function playDay(state: State, day: Day): void {
  const { policy, course, played, served } = state;
  const of = day.byVersion.get(served.version);
  if (of === undefined) return;
  played.push({ day, served, of, isBad: isBeyond(of.performance, served, course.badLoss) });
  const now = new Date(day.at.getTime() + DAY_MS);
  if (policy.signal === 'calendar') {
    const last = state.retrainedAt.at(-1) ?? course.days[0]!.at;
    if (now.getTime() - last.getTime() >= policy.limit * DAY_MS) retrain(state, now);
    return;
  }
  listen(state, now);
}

/** An alarm trains once; what is held back then is asked for again while it rings. */
function listen(state: State, now: Date): void {
  const { policy, played } = state;
  const looked = lookedAt(state);
  const bad = looked.filter((at) => isSignal(state, played[at]!));
  const isBad = looked.length > 0 && bad.length >= policy.sustained.bad;
  if (isBad && !state.isRinging) {
    state.rung.push({ at: played.length - 1, looked: bad });
    state.hasTrained = false;
  }
  if (isBad && !state.hasTrained && isPatient(state) && mayRetrain(state, now)) {
    retrain(state, now);
    state.hasTrained = true;
  }
  state.isRinging = isBad && state.since < played.length;
}

/** Days whose signal is there by the end of the newest one, of the version that serves. */
function lookedAt({ policy, course, played, since }: State): number[] {
  const delay = policy.signal === 'performance' ? course.delayDays : 0;
  const last = played.length - 1 - delay;
  const { of }: Sustained = policy.sustained;
  return Array.from({ length: of }, (_, back) => last - back).filter((at) => at >= since);
}

function isSignal({ policy }: State, { of, served }: Played): boolean {
  switch (policy.signal) {
    case 'performance':
      return isBeyond(of.performance, served, policy.limit);
    case 'drift':
      return of.drift > policy.limit;
    case 'prediction-drift':
      return of.predictionDrift > policy.limit;
    case 'calendar':
    case 'never':
    default:
      return false;
  }
}

function isBeyond(measured: Measured | undefined, { reference }: Candidate, loss: number): boolean {
  if (measured === undefined) return false;
  return isBetterHigher(measured.metric)
    ? measured.high < reference - loss
    : measured.low > reference + loss;
}

/** Whether performance has declined for so long, since the first bad day that rang. */
function isPatient({ policy, rung, played }: State): boolean {
  if (policy.signal !== 'performance') return true;
  const first = Math.min(...(rung.at(-1)?.looked ?? []));
  return played.length - first >= policy.patienceDays;
}

function mayRetrain({ policy, retrainedAt }: State, now: Date): boolean {
  const last = retrainedAt.at(-1);
  const month = now.toISOString().slice(0, 7);
  const spent = retrainedAt.filter((at) => at.toISOString().startsWith(month)).length;
  const rested =
    last === undefined || now.getTime() - last.getTime() >= policy.cooldownDays * DAY_MS;
  return rested && spent < policy.budgetPerMonth;
}

function retrain(state: State, now: Date): void {
  const next = newestBefore(state.course.versions, now) ?? state.served;
  state.retrainedAt.push(now);
  state.vcpuSeconds += next.vcpuSeconds;
  if (next.version === state.served.version) return;
  state.served = next;
  state.since = state.played.length;
}

function newestBefore(versions: readonly Candidate[], at: Date): Candidate | undefined {
  return versions
    .filter(({ from }) => from <= at)
    .reduce<Candidate | undefined>(
      (newest, one) => (newest === undefined || one.from >= newest.from ? one : newest),
      undefined,
    );
}

function outcomeOf({ policy, course, played, rung, retrainedAt, vcpuSeconds }: State): Outcome {
  const falseAlarms = rung.filter(({ looked }) => !looked.some((at) => played[at]!.isBad)).length;
  const declines = declinesIn(played);
  // What a decline's last days showed is known so much later.
  const late = course.delayDays + policy.sustained.of;
  const delays = declines.flatMap(({ from, to }) => {
    const alarm = rung.find(({ at }) => at >= from && at <= to + late);
    return alarm === undefined ? [] : [alarm.at - from];
  });
  return {
    policy,
    alarms: rung.length,
    falseAlarms,
    falseAlarmsPerMonth: (falseAlarms / Math.max(1, played.length)) * MONTH_DAYS,
    declines: declines.length,
    missed: declines.length - delays.length,
    delayDays:
      delays.length === 0 ? null : delays.reduce((sum, one) => sum + one, 0) / delays.length,
    retrains: retrainedAt.length,
    vcpuSeconds,
    metric: meanOf(played),
    metricAtEnd: meanOf(played.slice(-28)),
    line: played.flatMap(({ day, served, of }) =>
      of.performance === undefined
        ? []
        : [{ at: day.at, version: served.version, value: of.performance.value }],
    ),
    retrainedAt,
  };
}

/** Good days that do not end a decline: a weekend is not a recovery. */
const GAP = 2;

function declinesIn(played: readonly Played[]): { from: number; to: number }[] {
  const declines: { from: number; to: number }[] = [];
  for (const [at, { isBad, served }] of played.entries()) {
    if (!isBad) continue;
    const last = declines.at(-1);
    const goesOn =
      last !== undefined && at - last.to <= GAP + 1 && played[last.to]!.served === served;
    if (goesOn) last.to = at;
    else declines.push({ from: at, to: at });
  }
  return declines;
}

function meanOf(played: readonly Played[]): number {
  let [sum, rows] = [0, 0];
  for (const { of } of played) {
    if (of.performance === undefined) continue;
    sum += of.performance.value * of.rows;
    rows += of.rows;
  }
  return sum / rows;
}
