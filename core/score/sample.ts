/** Records of some of the rows, which is what monitors read of a batch. */
import { createHash } from 'node:crypto';
import type { PredictionRecord } from '../model/records.ts';
import type { ModelDefinition } from '../model/definition.ts';
import { predictionOf, type Scores } from '../serve/decide.ts';
import { recordOf } from '../serve/records.ts';
import type { ServedModel } from '../serve/served-model.ts';
import { idsOfRows } from './ids.ts';
import type { RowBatch } from './row-batch.ts';

/** Rows of a whole job: an index of drift over as many is steady to its third digit. */
export const SAMPLE_ROWS = 50_000;

/** Bytes of a row of text, where nobody has counted the rows. */
const ROW_BYTES = 64;

/** Returns the share of an input's rows to keep records of. */
export function sampleShare({ rows, bytes }: { rows: number; bytes: number }): number {
  return Math.min(1, SAMPLE_ROWS / Math.max(1, rows, rows === 0 ? bytes / ROW_BYTES : 0));
}

/**
 * Says which rows of an object are in the sample: by a multiplicative hash of their number (Knuth,
 * The Art of Computer Programming 3, 6.4), so that it is the same ones each time.
 */
export function sampler(key: string, share: number): (row: number) => boolean {
  if (share >= 1) return () => true;
  const offset = createHash('sha256').update(key).digest().readUInt32BE();
  const kept = Math.round(share * 2 ** 32);
  return (row) => (Math.imul(row, 2_654_435_761) + offset) >>> 0 < kept;
}

export interface Sampling {
  readonly definition: Pick<ModelDefinition, 'serving'>;
  readonly served: Pick<ServedModel, 'model' | 'version' | 'readRows'>;
  readonly asOf: Date;
  readonly key: string;
  readonly chosen: (row: number) => boolean;
}

export function recordsOf(
  { rows, valuesOf }: Pick<RowBatch, 'rows' | 'valuesOf'>,
  scores: Scores,
  { definition, served: { model, version, readRows }, asOf, key, chosen }: Sampling,
): PredictionRecord[] {
  const places: number[] = [];
  for (let at = 0; at < rows.length; at++) if (chosen(rows[at]!)) places.push(at);
  const ids = idsOfRows(model, key);
  const { features, accepted } = readRows(places.map(valuesOf));
  const context = {
    model,
    version,
    source: 'batch',
    entityFeature: definition.serving.entity,
  } as const;
  return accepted.map((place, index) => {
    const at = places[place]!;
    return recordOf(context, {
      id: ids.text(rows[at]!),
      at: asOf.toISOString(),
      features: features[index]!,
      prediction: predictionOf(scores, at),
    });
  });
}
