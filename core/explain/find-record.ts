/** Finds one prediction among all that were archived. */
import { gunzipSync } from 'node:zlib';
import type { ObjectStore } from '../aws/objects.ts';
import { layout } from '../model/layout.ts';
import type { PredictionRecord } from '../model/records.ts';

export interface FoundRecord {
  readonly record: PredictionRecord;
  /** Object that it lies in. */
  readonly key: string;
  /** The other records of the same object. */
  readonly others: readonly PredictionRecord[];
}

/** No archived record has the id. */
export class PredictionNotFoundError extends Error {
  override readonly name = 'PredictionNotFoundError';

  constructor(id: string, model: string, where: string) {
    super(
      `no prediction '${id}' of ${model} is archived ${where}; records are there about a minute ` +
        'after the answer, and of a batch only a sample has them',
    );
  }
}

const READ_AT_ONCE = 8;

/**
 * Looks through the archive, the newest objects first. Of a prediction that a challenger made in
 * the shadow as well, the answer that was given counts.
 *
 * @param day only this day's, such as '2001-05-01'. @default every day
 * @throws {PredictionNotFoundError}
 */
export async function findRecord(
  objects: Pick<ObjectStore, 'list' | 'get'>,
  model: string,
  id: string,
  day?: string,
): Promise<FoundRecord> {
  const prefix =
    day === undefined ? `${layout.predictions(model)}dt=` : layout.predictionsOf(model, day);
  const keys = (await objects.list(prefix))
    .map(({ key }) => key)
    .filter((key) => /\.jsonl(\.gz)?$/.test(key))
    .toReversed();
  const sought = `"id":${JSON.stringify(id)}`;
  let shadow: FoundRecord | undefined;
  for (let from = 0; from < keys.length; from += READ_AT_ONCE) {
    const some = keys.slice(from, from + READ_AT_ONCE);
    // oxlint-disable-next-line no-await-in-loop
    const texts = await Promise.all(some.map(async (key) => textOf(key, await objects.get(key))));
    for (const [at, text] of texts.entries()) {
      const found = text.includes(sought) ? recordIn(text, id, some[at]!) : undefined;
      if (found && found.record.variant !== 'shadow') return found;
      shadow ??= found;
    }
  }
  if (shadow) return shadow;
  throw new PredictionNotFoundError(id, model, day === undefined ? 'on any day' : `on ${day}`);
}

function textOf(key: string, bytes: Uint8Array): string {
  return new TextDecoder().decode(key.endsWith('.gz') ? gunzipSync(bytes) : bytes);
}

function recordIn(text: string, id: string, key: string): FoundRecord | undefined {
  const records = text
    .split('\n')
    .filter((line) => line !== '')
    // Written by the archive, which keeps nothing else.
    .map((line): PredictionRecord => JSON.parse(line));
  const own = records.filter((record) => record.id === id);
  const record = own.find(({ variant }) => variant !== 'shadow') ?? own[0];
  return record && { record, key, others: records.filter((other) => other.id !== id) };
}
