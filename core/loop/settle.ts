/** Makes true what the log says of a rollout: the aliases and the traffic. Done twice, it is done. */
import type { FactTable } from '../aws/facts.ts';
import type { CompleteRollout } from '../model/rollout.ts';
import { AliasMovedError } from '../registry/errors.ts';
import { createRegistry } from '../registry/registry.ts';
import { createTrafficHistory } from '../registry/traffic.ts';
import type { RolloutEntry, TrafficKind } from './entries.ts';
import { decideNext, partitionOf } from './log.ts';
import { closing, tellRollout } from './rollout.ts';

/** Begins the name of what follows from an entry. */
const EFFECT = 'rollout ';

export interface Stage {
  readonly facts: FactTable;
  readonly model: string;
  readonly declared: CompleteRollout;
}

/**
 * Follows an entry with what it asks for. Each effect bears the entry's name, so that one which was
 * made is not made again, even where somebody has since decided otherwise. A crash half way is
 * made good by whoever looks next.
 *
 * @returns the entry that holds in the end: another one where the champion has been replaced since
 */
export async function settle(stage: Stage, entry: RolloutEntry): Promise<RolloutEntry> {
  const { facts, model } = stage;
  const done = { partition: partitionOf(model), sort: `settled#${nameOf(entry)}` };
  if (await facts.get(done)) return entry;
  const held = await follow(stage, entry);
  await facts.putIfAbsent({ ...done, at: entry.at });
  return held;
}

async function follow(stage: Stage, entry: RolloutEntry): Promise<RolloutEntry> {
  if (entry.phase !== 'open') {
    const moved = entry.phase === 'promoted' ? await promote(stage, entry) : undefined;
    await withdraw(stage, entry);
    return moved ?? entry;
  }
  if (entry.traffic !== undefined && entry.waitsFor === undefined) {
    await give(stage, entry, entry.traffic);
  }
  return entry;
}

async function give(
  { facts, model, declared }: Stage,
  entry: RolloutEntry,
  kind: TrafficKind,
): Promise<void> {
  const { version } = entry;
  const told = effectOf(model, entry);
  const registry = createRegistry(facts);
  const challenger = (await registry.history(model, 'challenger')).at(-1);
  // A canary that comes out of the shadow has the alias already.
  if (challenger?.version !== version || challenger.kind === 'removal') {
    const reason = tellRollout(entry);
    await registry.promote({ ...told, alias: 'challenger', version, reason });
  }
  const { share } = declared[kind] ?? { share: 0 };
  const traffic = share > 0 ? { kind, share } : null;
  await createTrafficHistory(facts).setTraffic({ ...told, traffic });
}

/** @returns the entry that says otherwise, where the champion is not the one to be replaced */
async function promote(
  { facts, model }: Stage,
  entry: RolloutEntry,
): Promise<RolloutEntry | undefined> {
  const { version, champion, reason, evidence } = entry;
  try {
    await createRegistry(facts).promote({
      ...effectOf(model, entry),
      alias: 'champion',
      version,
      replaces: champion,
      reason,
      ...(evidence && { decision: { ...evidence } }),
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof AliasMovedError)) throw error;
    const { at, by } = entry;
    const why = `version ${error.version} became champion before it, so it was not promoted`;
    const said = { ...closing(entry, 'superseded'), at, by, reason: why };
    const next = await decideNext(facts, model, ({ rollout }) =>
      rollout?.entry === entry.entry ? said : undefined,
    );
    return next?.kind === 'rollout' ? next : undefined;
  }
}

/** Leaves everything to the champion, unless somebody has put another version to the test since. */
async function withdraw({ facts, model }: Stage, entry: RolloutEntry): Promise<void> {
  const told = effectOf(model, entry);
  const registry = createRegistry(facts);
  const challenger = (await registry.history(model, 'challenger')).at(-1);
  // That of a rollout before, whose own end nobody has followed, goes as well.
  const isOurs = challenger?.idempotencyKey?.startsWith(EFFECT) ?? false;
  const from = isOurs ? challenger!.version : entry.version;
  const change = { ...told, alias: 'challenger', from, reason: tellRollout(entry) };
  if ((await registry.remove(change)) === undefined) return;
  await createTrafficHistory(facts).setTraffic({ ...told, traffic: null });
}

function effectOf(model: string, entry: RolloutEntry) {
  const { at, by } = entry;
  return { model, at: new Date(at), by, idempotencyKey: `${EFFECT}${nameOf(entry)}` };
}

function nameOf({ entry }: RolloutEntry): string {
  return String(entry).padStart(8, '0');
}
