/** Why a prediction came out as it did, with everything that it came from. */
import { createHash } from 'node:crypto';
import type { FactTable } from '../aws/facts.ts';
import type { ObjectStore } from '../aws/objects.ts';
import { layout } from '../model/layout.ts';
import type { FeatureValue, PredictionRecord } from '../model/records.ts';
import type { ModelSession } from '../onnx/session.ts';
import { createRegistry, type ModelVersion } from '../registry/registry.ts';
import { RunNotFoundError } from '../runs/errors.ts';
import type { Run } from '../runs/run.ts';
import { createRuns } from '../runs/runs.ts';
import { ModelFileChangedError } from '../serve/errors.ts';
import { backgroundOf, type Background } from './background.ts';
import { findRecord } from './find-record.ts';
import { featuresOf, hybridRows, inputOf } from './hybrid-rows.ts';
import { shapleyValues } from './shapley.ts';

export interface Contribution {
  readonly feature: string;
  readonly value: FeatureValue;
  /** What it adds to the mean output. */
  readonly contribution: number;
}

export interface Explanation {
  readonly record: PredictionRecord;
  /** Object of the archive that the record lies in. */
  readonly key: string;
  readonly version: ModelVersion;
  /** Absent for a version that was registered from a file. */
  readonly run?: Run;
  /** The model's output as it is recorded, and as it came out now. */
  readonly output: { readonly recorded: number; readonly now: number; readonly same: boolean };
  /** The largest first; sums to `output.now - mean`. */
  readonly contributions: readonly Contribution[];
  readonly mean: number;
  readonly exact: boolean;
  readonly background: { readonly rows: number; readonly what: string };
}

export interface ExplainParts {
  readonly objects: Pick<ObjectStore, 'list' | 'get' | 'download'>;
  readonly facts: FactTable;
  readonly openSession: (bytes: Uint8Array) => Promise<ModelSession>;
  /** Empty folder of its own. */
  readonly scratch: string;
}

export interface ExplainRequest {
  readonly model: string;
  readonly id: string;
  /** Of the record, where it is known. @default every day is looked through */
  readonly day?: string | undefined;
}

/**
 * Finds a prediction, runs the very file of its version on what it was given, and says what each
 * feature did.
 *
 * @throws {PredictionNotFoundError} @throws {VersionNotFoundError} @throws {ObjectNotFoundError}
 * @throws {ModelFileChangedError} if the file is no longer the one that was registered
 */
export async function explain(
  { objects, facts, openSession, scratch }: ExplainParts,
  { model, id, day }: ExplainRequest,
): Promise<Explanation> {
  const { record, key, others } = await findRecord(objects, model, id, day);
  const version = await createRegistry(facts).version(model, record.version);
  const bytes = await objects.get(layout.modelFile(model, record.version));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== version.sha256) {
    throw new ModelFileChangedError(model, record.version, version.sha256, sha256);
  }
  const session = await openSession(bytes);
  try {
    const { signature } = session;
    const { runId } = version;
    const alike = others.filter((other) => other.version === record.version);
    const background = await backgroundOf(objects, {
      model,
      runId,
      signature,
      others: alike.length > 0 ? alike : [record],
      scratch,
    });
    const told = await contributionsOf(session, record, background);
    const run = await runOf(facts, version);
    const recorded = record.probability ?? record.prediction;
    return {
      record,
      key,
      version,
      ...(run && { run }),
      output: { recorded, now: told.output, same: Object.is(recorded, told.output) },
      contributions: told.contributions,
      mean: told.mean,
      exact: told.exact,
      background: { rows: background.rows.rows, what: background.what },
    };
  } finally {
    await session.release();
  }
}

/** Rows of one call of the model. */
const ROWS_AT_ONCE = 16_384;

async function contributionsOf(
  session: ModelSession,
  { features, prediction }: PredictionRecord,
  { rows: background }: Background,
) {
  const { signature } = session;
  const row = inputOf(features, signature);
  const width = signature.classes?.length ?? 1;
  const column = signature.classes ? prediction : 0;
  const [output = NaN] = (await session.run(row)).subarray(column);
  const names = featuresOf(signature);
  const { values, mean, exact } = await shapleyValues({
    features: names.length,
    background: background.rows,
    async outputsOf(hybrids) {
      const outputs = new Float64Array(hybrids.length);
      for (let from = 0; from < hybrids.length; from += ROWS_AT_ONCE) {
        const some = hybrids.slice(from, from + ROWS_AT_ONCE);
        // oxlint-disable-next-line no-await-in-loop
        const found = await session.run(hybridRows(row, background, signature, some));
        for (let at = 0; at < some.length; at++) outputs[from + at] = found[at * width + column]!;
      }
      return outputs;
    },
  });
  const contributions = names
    .map((feature, at) => ({
      feature,
      value: features[feature] ?? null,
      contribution: values[at]!,
    }))
    .toSorted((one, other) => Math.abs(other.contribution) - Math.abs(one.contribution));
  return { output, contributions, mean, exact };
}

async function runOf(facts: FactTable, { model, runId }: ModelVersion): Promise<Run | undefined> {
  try {
    return await createRuns(facts).getRun({ model, runId });
  } catch (cause) {
    if (cause instanceof RunNotFoundError) return undefined;
    throw cause;
  }
}
