/** Which inputs were published, and how many rows those usually have. */
import type { Fact, FactTable } from '../aws/facts.ts';
import type { Manifest } from './manifest.ts';

/** Inputs that the usual number of rows is taken from; fewer tell nothing. */
const USUAL = { most: 7, least: 3 };

/** @returns whether this is news */
export async function notePublished(
  facts: FactTable,
  { model, input, number, rows, rejected, asOf, runId }: Manifest,
): Promise<boolean> {
  const sort = `published#${input}#${String(number).padStart(8, '0')}`;
  return facts.putIfAbsent({
    partition: partitionOf(model),
    sort,
    input,
    rows,
    rejected,
    asOf,
    runId,
  });
}

/** Whether anything was published of an input. */
export async function isPublished(
  facts: FactTable,
  model: string,
  input: string,
): Promise<boolean> {
  const sortPrefix = `published#${input}#`;
  return (await facts.query(partitionOf(model), { sortPrefix, limit: 1 })).length > 0;
}

/**
 * Returns by which share the rows of a manifest, scored or not, differ from the median of the
 * inputs before it by name: 0.5 is half as many or half as many more. Undefined where there are
 * too few to know what is usual.
 */
export async function rowsChange(
  facts: FactTable,
  { model, input, rows, rejected }: Pick<Manifest, 'model' | 'input' | 'rows' | 'rejected'>,
): Promise<number | undefined> {
  const found = await facts.query(partitionOf(model), { sortPrefix: 'published#dt=' });
  const newest = new Map<string, number>();
  for (const fact of found) newest.set(String(fact['input']), rowsOf(fact));
  const before = [...newest].filter(([name]) => name < input).slice(-USUAL.most);
  if (!input.startsWith('dt=') || before.length < USUAL.least) return undefined;
  const sorted = before.map(([, counted]) => counted).toSorted((a, b) => a - b);
  const usual = Math.max(1, sorted[Math.floor(sorted.length / 2)]!);
  return Math.abs((rows + rejected) / usual - 1);
}

function rowsOf({ rows, rejected }: Fact): number {
  return Number(rows) + Number(rejected);
}

function partitionOf(model: string): string {
  return `batch#${model}`;
}
