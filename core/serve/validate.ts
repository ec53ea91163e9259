/** From rows of plain JSON to the tensors of a model, or to everything that is wrong with them. */
import type { ModelDefinition } from '../model/definition.ts';
import type { Problem } from '../model/problem.ts';
import type { FeatureValue } from '../model/records.ts';
import type { InputBatch, Signature } from '../model/signature.ts';
import { type FeatureColumn, type Tensors, featureColumns } from './feature-columns.ts';
import { describe, isPlainObject, pointerPart, quoted } from './problems.ts';

export type Features = Readonly<Record<string, FeatureValue>>;

export interface RejectedRow {
  /** Position in what was read. */
  readonly row: number;
  readonly problems: readonly Problem[];
}

/** Rows that can be predicted, and rows that cannot. */
export interface ReadRows {
  /** Of the accepted rows, in their order. */
  readonly batch: InputBatch;
  /** Of the accepted rows, as prediction records keep them. */
  readonly features: readonly Features[];
  /** Positions of the accepted rows in what was read. */
  readonly accepted: readonly number[];
  readonly rejected: readonly RejectedRow[];
}

export interface ReadOptions {
  /** JSON pointer of a row, for its problems. @default a pointer relative to the row */
  readonly pointerOf?: (row: number) => string;
  /** Names beside the features that a row may have, such as `id`. @default none */
  readonly beside?: ReadonlySet<string>;
}

export type RowReader = (rows: readonly unknown[], options?: ReadOptions) => ReadRows;

/** Problems that one row has at most. */
const PROBLEMS_A_ROW = 100;

const NOTHING_BESIDE: ReadonlySet<string> = new Set();

/**
 * Returns a reader of rows for one version of a model. Null stands for a missing value; a feature
 * that is absent is a problem, since it is more often a typing error than unknown. Ranges are not
 * checked here: an implausible number still gets a prediction, and monitors count it.
 */
export function createRowReader(
  definition: Pick<ModelDefinition, 'features' | 'rolling' | 'serving'>,
  signature: Signature,
  whole?: ReadonlySet<string>,
): RowReader {
  const columns = featureColumns(definition, signature, whole);
  const known = new Set(columns.map(({ name }) => name));
  const { rolling } = definition;
  const isCompleted = Object.keys(rolling).length > 0;
  const rejectUnknown = definition.serving.unknownFeatures === 'reject';

  return (rows, { pointerOf = () => '', beside = NOTHING_BESIDE } = {}) => {
    const tensors = emptyTensors(rows.length, signature);
    // Unknown, unless whoever reads the rows completes them.
    if (isCompleted) tensors.numbers.fill(NaN);
    const features: Features[] = [];
    const accepted: number[] = [];
    const rejected: RejectedRow[] = [];
    let problems: Problem[] = [];
    for (const [at, row] of rows.entries()) {
      const kept = isPlainObject(row)
        ? readRow(row, columns, tensors, accepted.length, problems)
        : refuse(row, problems);
      if (rejectUnknown && isPlainObject(row))
        refuseUnknown(row, { known, beside, rolling }, problems);
      if (problems.length > 0) {
        const base = pointerOf(at);
        rejected.push({ row: at, problems: problems.map((problem) => under(base, problem)) });
        problems = [];
      } else {
        features.push(kept);
        accepted.push(at);
      }
    }
    return {
      batch: cut(tensors, accepted.length, rows.length, signature),
      features,
      accepted,
      rejected,
    };
  };
}

function readRow(
  row: Readonly<Record<string, unknown>>,
  columns: readonly FeatureColumn[],
  tensors: Tensors,
  at: number,
  problems: Problem[],
): Features {
  const kept: Record<string, FeatureValue> = {};
  for (const { name, expected, take } of columns) {
    const value = Object.hasOwn(row, name) ? row[name] : undefined;
    const taken = take(value ?? (value === null ? null : MISSING), tensors, at);
    if (taken !== undefined) kept[name] = taken;
    else problems.push({ pointer: pointerPart(name), got: describe(value), expected });
  }
  return kept;
}

/** Stands for a feature that a row does not have: no kind of feature takes it. */
const MISSING = Symbol('missing');

function refuse(row: unknown, problems: Problem[]): Features {
  problems.push({
    pointer: '',
    got: describe(row),
    expected: 'an object with one value a feature',
  });
  return {};
}

interface KnownNames {
  /** Names of the features. */
  readonly known: ReadonlySet<string>;
  readonly beside: ReadonlySet<string>;
  readonly rolling: ModelDefinition['rolling'];
}

function refuseUnknown(
  row: Readonly<Record<string, unknown>>,
  { known, beside, rolling }: KnownNames,
  problems: Problem[],
): void {
  for (const name in row) {
    if (known.has(name) || beside.has(name)) continue;
    // A row of nothing but unknown features shall not fill the memory with problems.
    if (problems.length >= PROBLEMS_A_ROW) return;
    problems.push({
      pointer: pointerPart(name),
      got: `a feature ${quoted(name)} that ${name in rolling ? 'is computed, not sent' : 'the model does not have'}`,
      expected: `only ${[...known].join(', ')}`,
    });
  }
}

function under(base: string, { pointer, got, expected }: Problem): Problem {
  return { pointer: base + pointer, got, expected };
}

function emptyTensors(rows: number, { numbers, categories, times }: Signature): Tensors {
  return {
    numbers: new Float32Array(rows * numbers.length),
    categories: Array<string>(rows * categories.length).fill(''),
    times: new Float64Array(rows * times.length),
  };
}

function cut(tensors: Tensors, rows: number, of: number, names: Signature): InputBatch {
  if (rows === of) return { rows, ...tensors };
  const { numbers, categories, times } = tensors;
  categories.length = rows * names.categories.length;
  return {
    rows,
    numbers: numbers.subarray(0, rows * names.numbers.length),
    categories,
    times: times.subarray(0, rows * names.times.length),
  };
}
