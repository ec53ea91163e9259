/** Opens rollouts and takes them on, a step at a time; each call decides once and may be repeated. */
import type { FactTable } from '../aws/facts.ts';
import { createRegistry } from '../registry/registry.ts';
import { createTrafficHistory } from '../registry/traffic.ts';
import type { LoopEntry, RolloutEntry } from './entries.ts';
import type { Evidence } from './guardrails.ts';
import { decideNext, loopStateOf } from './log.ts';
import { approvalOf, closing, nextMove, openingOf, type Standing } from './rollout.ts';
import { settle, type Stage } from './settle.ts';

export interface Said {
  readonly at: Date;
  readonly by: string;
  readonly reason: string;
}

/** Nothing waits for what a person wants to decide. */
export class RolloutNotOpenError extends Error {
  override readonly name = 'RolloutNotOpenError';

  constructor(model: string, problem: string) {
    super(`${problem}; see what happened with: tidemill timeline ${model}`);
  }
}

/**
 * Begins the rollout of a version that passed the gate; an older one that is under way is
 * superseded. Asked again for the same version, it changes nothing.
 *
 * @returns what holds now; undefined if a newer version has been rolled out before
 */
export async function openRollout(
  stage: Stage,
  version: { readonly version: number; readonly champion: number },
  { at, by, reason }: Said,
): Promise<RolloutEntry | undefined> {
  const said = { at: at.toISOString(), by, reason };
  for (;;) {
    const added = await decideNext(stage.facts, stage.model, ({ rollout }) => {
      if (rollout !== undefined && rollout.version >= version.version) return undefined;
      if (rollout?.phase !== 'open') return openingOf(version, stage.declared, said);
      const why = `version ${version.version} passed the gate`;
      return { ...closing(rollout, 'superseded'), ...said, reason: why };
    });
    const { rollout } = await loopStateOf(stage.facts, stage.model);
    if (rollout === undefined) continue;
    const held = await settle(stage, rollout);
    if (added === undefined || isOf(added, version.version)) {
      return held.version === version.version ? held : undefined;
    }
  }
}

function isOf(entry: LoopEntry, version: number): boolean {
  return entry.kind === 'rollout' && entry.version === version;
}

/**
 * Looks at the rollout that is under way and takes it on, if it is time.
 *
 * @param evidenceOf reads what predictions and labels tell of a version that gets traffic
 * @returns the entry that was added; undefined if all stays as it was
 */
export async function advanceRollout(
  stage: Stage,
  { at, by }: Pick<Said, 'at' | 'by'>,
  evidenceOf: (rollout: RolloutEntry) => Promise<Evidence>,
): Promise<RolloutEntry | undefined> {
  const { facts, model, declared } = stage;
  const { rollout: newest } = await loopStateOf(facts, model);
  if (newest === undefined) return undefined;
  const rollout = await settle(stage, newest);
  if (rollout.phase !== 'open') return rollout === newest ? undefined : rollout;
  const evidence = rollout.traffic === undefined ? undefined : await evidenceOf(rollout);
  const standing = await standingOf(facts, model);
  const look = { declared, standing, at, by, ...(evidence && { evidence }) };
  return decideAndSettle(stage, (now) =>
    now?.entry === rollout.entry ? nextMove(rollout, look) : undefined,
  );
}

/** Lets the step begin that waits for a person. @throws {RolloutNotOpenError} if none does */
export async function approveRollout(
  stage: Stage,
  { at, by, reason }: Said,
): Promise<RolloutEntry> {
  const said = { at: at.toISOString(), by, reason };
  const moved = await decideAndSettle(
    stage,
    (rollout) => rollout?.phase === 'open' && approvalOf(rollout, stage.declared, said),
  );
  if (moved) return moved;
  throw new RolloutNotOpenError(stage.model, `no rollout of '${stage.model}' waits for approval`);
}

/** Ends the rollout that is under way. @throws {RolloutNotOpenError} if none is */
export async function rejectRollout(stage: Stage, { at, by, reason }: Said): Promise<RolloutEntry> {
  const moved = await decideAndSettle(
    stage,
    (rollout) =>
      rollout?.phase === 'open' && {
        ...closing(rollout, 'rejected'),
        at: at.toISOString(),
        by,
        reason,
      },
  );
  if (moved) return moved;
  throw new RolloutNotOpenError(stage.model, `no rollout of '${stage.model}' is under way`);
}

type Decided = ReturnType<typeof nextMove> | false;

async function decideAndSettle(
  stage: Stage,
  decide: (rollout: RolloutEntry | undefined) => Decided,
): Promise<RolloutEntry | undefined> {
  const added = await decideNext(
    stage.facts,
    stage.model,
    ({ rollout }) => decide(rollout) || undefined,
  );
  return added?.kind === 'rollout' ? settle(stage, added) : undefined;
}

async function standingOf(facts: FactTable, model: string): Promise<Standing> {
  const registry = createRegistry(facts);
  const versionOf = async (alias: string): Promise<number | undefined> => {
    const entry = (await registry.history(model, alias)).at(-1);
    return entry?.kind === 'removal' ? undefined : entry?.version;
  };
  const [champion, challenger] = [await versionOf('champion'), await versionOf('challenger')];
  const traffic = await createTrafficHistory(facts).trafficOf(model);
  return {
    ...(champion !== undefined && { champion }),
    ...(challenger !== undefined && { challenger }),
    ...(traffic?.traffic === null && { stoppedBy: traffic.by }),
  };
}
