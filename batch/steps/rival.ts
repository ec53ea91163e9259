/** The champion as the candidate's rival on the holdout: what it says, and what it has seen before. */
import type { Columns } from '../../core/data/columns.ts';
import { ObjectNotFoundError } from '../../core/aws/objects.ts';
import { layout } from '../../core/model/layout.ts';
import { signatureOf } from '../../core/model/signature.ts';
import type { ChampionEvaluation } from '../../core/pipeline/evaluation.ts';
import { measure } from '../../core/pipeline/measure.ts';
import { type DatasetFile, readJson, runFiles } from '../../core/pipeline/run-files.ts';
import { createRegistry } from '../../core/registry/registry.ts';
import { rocCurve } from '../../core/report/curves.ts';
import type { StepContext } from '../step.ts';
import { pinChampion } from './version.ts';

export interface Rival {
  readonly version: number;
  /** Absent where it cannot be run on these rows. */
  readonly outputs?: Float64Array;
  readonly notComparable?: string;
  /** Rows at the holdout's start that it was trained on. */
  readonly learned: number;
  /** The first row that it is compared on: behind those, if enough are left. */
  readonly from: number;
}

/** With fewer rows that neither has learned from, all are compared, which favours the champion. */
const FEWEST_ROWS = 200;

/**
 * Predicts the holdout by the champion; undefined while there is none. Data can be trained on
 * before a run judges by it: a champion of a later as-of, or of a shorter holdout.
 *
 * @param countFrom holdout rows from a moment on
 */
export async function predictChampion(
  context: StepContext,
  holdout: Columns,
  {
    predict,
    countFrom,
  }: {
    readonly predict: (key: string) => Promise<Float64Array>;
    readonly countFrom: (moment: Date) => Promise<number>;
  },
): Promise<Rival | undefined> {
  const { definition, facts, say } = context;
  const version = await pinChampion(context);
  if (version === undefined) return undefined;
  const { signature, runId } = await createRegistry(facts).version(definition.name, version);
  const declared = signatureOf(definition);
  const gone = (['numbers', 'categories', 'times'] as const).flatMap((kind) =>
    signature[kind].filter((name) => !declared[kind].includes(name)),
  );
  if (gone.length > 0) {
    const notComparable = `it needs ${gone.join(', ')}, which the declaration no longer has`;
    say(`champion ${version} is not compared: ${notComparable}`);
    return { version, notComparable, learned: 0, from: 0 };
  }
  const outputs = await predict(layout.modelFile(definition.name, version));
  const trainedTo = await trainedUntil(context, runId);
  const unseen = trainedTo === undefined ? holdout.rows : await countFrom(trainedTo);
  const learned = holdout.rows - unseen;
  return { version, outputs, learned, from: unseen >= FEWEST_ROWS ? learned : 0 };
}

/** The end of the rows that a version was trained on; undefined for one that was trained elsewhere. */
async function trainedUntil(
  { definition, objects }: StepContext,
  runId: string,
): Promise<Date | undefined> {
  try {
    const keys = runFiles({ model: definition.name, runId });
    return new Date((await readJson<DatasetFile>(objects, keys.dataset)).holdoutFrom);
  } catch (error) {
    if (error instanceof ObjectNotFoundError) return undefined;
    throw error;
  }
}

/** @param candidate outputs of the candidate on the holdout */
export function championEvaluation(
  { version, outputs, notComparable, learned, from }: Rival,
  { target: labels }: Columns,
  candidate: Float64Array,
  { target }: StepContext['definition'],
): ChampionEvaluation {
  if (outputs === undefined) return { version, ...(notComparable && { notComparable }) };
  const own = behind(outputs, from, labels);
  const compared = labels.subarray(from);
  return {
    version,
    metrics: measure(target.kind, compared, own),
    ...(learned > 0 && { learned }),
    ...(from > 0 && {
      candidate: measure(target.kind, compared, behind(candidate, from, labels)),
    }),
    ...(target.kind === 'binary' && { roc: rocCurve(compared, own) }),
  };
}

/** Outputs from a row on; of several classes each row has as many. */
export function behind(outputs: Float64Array, row: number, labels: Float64Array): Float64Array {
  return outputs.subarray(row * (outputs.length / labels.length));
}
