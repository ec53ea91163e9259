/** Since when the champion has been too bad, by the windows that were judged: what to learn from anew. */
import type { Fact, FactTable } from '../aws/facts.ts';
import type { Sustained } from '../model/monitors.ts';
import { MalformedFactError } from '../registry/errors.ts';
import { partitionOf } from './log.ts';

/** What monitoring found of the labelled window that it judged. */
export interface JudgedWindow {
  /** `[from, to)`, ISO 8601, UTC. */
  readonly from: string;
  readonly to: string;
  readonly version: number;
  readonly labels: number;
  readonly bad: boolean;
}

export interface Decline {
  /** Start of its first bad window, as far as that is not of the good one before it. */
  readonly since: Date;
  /** Labelled rows since then, as many as the newest window lets expect. */
  readonly labels: number;
}

const DAY_MS = 86_400_000;

/** Windows that are older are no news to learn from. */
const LONGEST_DAYS = 180;

/** Keeps what was found of a window; the first time counts. */
export async function noteJudged(
  facts: FactTable,
  model: string,
  window: JudgedWindow,
): Promise<void> {
  const sort = `judged#${window.to}#${window.version}`;
  await facts.putIfAbsent({ partition: partitionOf(model), sort, ...window });
}

/** The decline that goes on at a moment; undefined if none does. */
export async function declineOf(
  facts: FactTable,
  model: string,
  { at, sustained }: { readonly at: Date; readonly sustained: Sustained },
): Promise<Decline | undefined> {
  return declineIn(await judgedUntil(facts, model, at), sustained);
}

/** What was judged by a moment, oldest first. */
export async function judgedUntil(
  facts: FactTable,
  model: string,
  at: Date,
): Promise<JudgedWindow[]> {
  const first = new Date(at.getTime() - LONGEST_DAYS * DAY_MS).toISOString();
  const known = await facts.query(partitionOf(model), {
    sortPrefix: 'judged#',
    after: `judged#${first}`,
  });
  return known.map(asWindow).filter(({ to }) => to <= at.toISOString());
}

/**
 * The newest windows of one version, back to where so many good ones follow each other that an
 * alarm would be quiet again; as many have to be bad as an alarm takes.
 *
 * @param windows oldest first
 */
export function declineIn(
  windows: readonly JudgedWindow[],
  { bad: enough, of }: Sustained,
): Decline | undefined {
  const newest = windows.at(-1);
  let [goodInARow, bad, first] = [0, 0, -1];
  for (const [at, window] of [...windows.entries()].toReversed()) {
    if (window.version !== newest?.version) break;
    goodInARow = window.bad ? 0 : goodInARow + 1;
    if (goodInARow > of - enough) break;
    if (!window.bad) continue;
    bad += 1;
    first = at;
  }
  const began = windows[first];
  if (newest === undefined || began === undefined || bad < enough) return undefined;
  // Of windows that overlap, the first bad one is mostly of what was good a window before.
  const goodUntil = windows[first - 1]?.to ?? began.from;
  const since = Math.max(Date.parse(began.from), Date.parse(goodUntil));
  const end = Date.parse(newest.to);
  const share = (end - since) / (end - Date.parse(newest.from));
  return { since: new Date(since), labels: Math.round(newest.labels * share) };
}

function asWindow({ partition, sort, ...fact }: Fact): JudgedWindow {
  if (isWindow(fact)) return fact;
  throw new MalformedFactError(partition, sort, 'a window that was judged');
}

function isWindow(fact: object): fact is JudgedWindow {
  return (
    'from' in fact &&
    'to' in fact &&
    typeof fact.to === 'string' &&
    'bad' in fact &&
    'labels' in fact
  );
}
