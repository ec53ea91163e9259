/** The way of a version from the gate to the champion's place: what comes next, and what stops it. */
import type { CompleteRollout } from '../model/rollout.ts';
import type { Addition, LoopState, RolloutEntry, RolloutStep, TrafficKind } from './entries.ts';
import { breachOf, type Evidence, isSure, tellComparison } from './guardrails.ts';

const HOUR_MS = 3_600_000;

/** What stands now, whoever put it there. */
export interface Standing {
  readonly champion?: number;
  readonly challenger?: number;
  /** Who has stopped all traffic of the challenger since the rollout gave it some. */
  readonly stoppedBy?: string;
}

export interface Look {
  readonly declared: CompleteRollout;
  readonly standing: Standing;
  /** Of the version at work; undefined while it gets no traffic. */
  readonly evidence?: Evidence;
  readonly at: Date;
  readonly by: string;
}

type Move = Extract<Addition, { kind: 'rollout' }>;

/** The rollout that is under way, if one is. */
export function openRolloutOf({ rollout }: LoopState): RolloutEntry | undefined {
  return rollout?.phase === 'open' ? rollout : undefined;
}

/** Says where a version is: 'version 5 is in the shadow'. */
export function tellRollout({ version, traffic, waitsFor, phase }: RolloutEntry): string {
  if (phase !== 'open') return `version ${version} was ${phase}`;
  const where = traffic === undefined ? '' : `is ${PLACE[traffic]}`;
  const waiting = waitsFor === undefined ? '' : `waits for somebody to approve its ${waitsFor}`;
  return `version ${version} ${[where, waiting].filter(Boolean).join(' and ')}`;
}

const PLACE: Readonly<Record<TrafficKind, string>> = {
  shadow: 'in the shadow',
  canary: 'a canary',
};

/** The first move of a version that passed the gate. */
export function openingOf(
  { version, champion }: Pick<RolloutEntry, 'version' | 'champion'>,
  declared: CompleteRollout,
  said: Pick<Move, 'at' | 'by' | 'reason'>,
): Move {
  return begin(stepAfter(undefined, declared), { version, champion }, declared, said);
}

/** What to do about an open rollout; undefined where it is to be left as it is. */
export function nextMove(rollout: RolloutEntry, look: Look): Move | undefined {
  // A look at the past must not decide what came after it.
  if (look.at.getTime() < Date.parse(rollout.at)) return undefined;
  const other = overtakenBy(rollout, look.standing);
  if (other !== undefined) return ending(rollout, 'superseded', other, look);
  if (rollout.traffic === undefined) return undefined;
  const { stoppedBy } = look.standing;
  return stoppedBy === undefined
    ? judged(rollout, rollout.traffic, look)
    : ending(rollout, 'rejected', `${stoppedBy} stopped its traffic`, look);
}

function judged(rollout: RolloutEntry, traffic: TrafficKind, look: Look): Move | undefined {
  const { declared, evidence, at } = look;
  const step = declared[traffic];
  if (step === undefined) {
    return ending(rollout, 'superseded', `no ${traffic} is declared any more`, look);
  }
  const hours = (at.getTime() - Date.parse(rollout.since ?? rollout.at)) / HOUR_MS;
  const isOver = hours >= step.hours;
  const breach = breachOf(evidence, declared.guardrails, { ...step, isOver });
  if (breach !== undefined) return ending(rollout, 'rolled back', breach, look);
  if (rollout.waitsFor !== undefined) return undefined;
  const labels = evidence?.labels ?? 0;
  const place = `${Math.floor(hours)} h ${PLACE[traffic]}`;
  const isGivenUp = hours >= declared.giveUpAfterHours;
  if (isOver && labels >= step.minimumLabels) {
    return goOn(rollout, traffic, look, { place, isGivenUp });
  }
  const few = `${labels} labels after ${place}, and ${step.minimumLabels} are needed to judge it`;
  return isGivenUp ? ending(rollout, 'rolled back', few, look) : undefined;
}

/** The next step, once labels tell that the version is not much worse; a person has to say else. */
function goOn(
  rollout: RolloutEntry,
  traffic: TrafficKind,
  { declared, evidence, at, by }: Look,
  { place, isGivenUp }: { readonly place: string; readonly isGivenUp: boolean },
): Move | undefined {
  const isKnown =
    declared[traffic]?.minimumLabels === 0 || isSure(evidence?.comparison, declared.guardrails);
  if (!isKnown && !isGivenUp) return undefined;
  const doubt = isKnown ? '' : ', which does not tell whether it is worse';
  const reason = `${place}, ${tellEvidence(evidence)}${doubt}`;
  const said = { at: at.toISOString(), by, reason };
  const next = stepAfter(traffic, declared);
  const move = isKnown ? begin(next, rollout, declared, said) : awaitApproval(next, rollout, said);
  return { ...move, ...(evidence && { evidence }) };
}

function ending(
  rollout: RolloutEntry,
  phase: RolloutEntry['phase'],
  reason: string,
  { at, by, evidence }: Look,
): Move {
  return {
    ...closing(rollout, phase),
    at: at.toISOString(),
    by,
    reason,
    ...(evidence && { evidence }),
  };
}

/** The move of a person who lets the step begin that waits for one; undefined if none waits. */
export function approvalOf(
  rollout: RolloutEntry,
  declared: CompleteRollout,
  said: Pick<Move, 'at' | 'by' | 'reason'>,
): Move | undefined {
  const { waitsFor } = rollout;
  return waitsFor && begin(waitsFor, { ...rollout, waitsFor }, declared, said);
}

/** The move that ends a rollout. */
export function closing(
  { version, champion }: RolloutEntry,
  phase: RolloutEntry['phase'],
): Pick<Move, 'kind' | 'version' | 'champion' | 'phase'> {
  return { kind: 'rollout', version, champion, phase };
}

/** Why the rollout has lost its meaning. */
function overtakenBy(
  { version, champion, traffic }: RolloutEntry,
  standing: Standing,
): string | undefined {
  if (standing.champion !== champion) {
    return `version ${standing.champion} became champion, and it was to replace ${champion}`;
  }
  return traffic === undefined || standing.challenger === version
    ? undefined
    : `the alias challenger was taken from it`;
}

function stepAfter(step: TrafficKind | undefined, declared: CompleteRollout): RolloutStep {
  if (step === undefined && declared.shadow) return 'shadow';
  return step !== 'canary' && declared.canary ? 'canary' : 'promotion';
}

type Underway = Pick<RolloutEntry, 'version' | 'champion'> &
  Partial<Pick<RolloutEntry, 'traffic' | 'since' | 'waitsFor'>>;

/** Begins a step, or waits for somebody to approve it. */
function begin(
  step: RolloutStep,
  rollout: Underway,
  declared: CompleteRollout,
  said: Pick<Move, 'at' | 'by' | 'reason'>,
): Move {
  const { version, champion, waitsFor } = rollout;
  if (declared[step]?.approval === 'person' && waitsFor !== step) {
    return awaitApproval(step, rollout, said);
  }
  const base = { kind: 'rollout', version, champion, ...said } as const;
  if (step === 'promotion') return { ...base, phase: 'promoted' };
  return { ...base, phase: 'open', traffic: step, since: said.at };
}

/** Waits for somebody to approve a step, going on with what it has until then. */
function awaitApproval(
  step: RolloutStep,
  { version, champion, traffic, since }: Underway,
  said: Pick<Move, 'at' | 'by' | 'reason'>,
): Move {
  return {
    kind: 'rollout',
    version,
    champion,
    ...said,
    phase: 'open',
    waitsFor: step,
    ...(traffic && { traffic }),
    ...(since !== undefined && { since }),
  };
}

function tellEvidence(evidence: Evidence | undefined): string {
  const { labels = 0, comparison } = evidence ?? {};
  return comparison ? `${labels} labels: ${tellComparison(comparison)}` : `${labels} labels`;
}
