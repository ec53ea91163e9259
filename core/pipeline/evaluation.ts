/** How good the chosen candidate is on the holdout, beside everything that it has to beat. */
import type { Columns } from '../data/columns.ts';
import { profileNumbers, type NumberProfile } from '../data/profile.ts';
import type { ModelDefinition, Target, TrainerParameters } from '../model/definition.ts';
import { precisionRecallCurve, rocCurve } from '../report/curves.ts';
import type { Point } from '../report/line-chart.ts';
import { calibrationBins, type CalibrationBin } from '../train/metrics/calibration.ts';
import type { Iteration } from '../train/trainer.ts';
import type { Interval } from './improvement.ts';
import { type Confusion, confusionOf } from './confusion.ts';
import { measure, type Metrics } from './measure.ts';
import { type ResidualBin, residualBins } from './residuals.ts';

/** What the train step notes about a candidate. */
export interface CandidateFile {
  readonly candidate: number;
  readonly parameters: TrainerParameters;
  /** Share of the training rows that it learned from; less than 1 where it was given up early. */
  readonly share: number;
  /** The first time that it learned from, where it does better on what came since a decline. */
  readonly learnedFrom?: string;
  /** On the end of the training period; chooses among candidates. */
  readonly validation: Metrics;
  /** On the holdout. */
  readonly holdout: Metrics;
  readonly iterations: readonly Iteration[];
  readonly featureImportance: Readonly<Record<string, number>>;
  /** Of `model.onnx`, hexadecimal; empty for one that was given up, whose file is not kept. */
  readonly sha256: string;
}

/** The metrics on the rows of the holdout that have one value of a feature. */
export interface Slice {
  readonly feature: string;
  readonly value: string;
  readonly rows: number;
  readonly meanLabel: number;
  readonly metrics: Metrics;
  /** Of the baseline model on the same rows. */
  readonly baseline: Metrics;
}

export interface Evaluation {
  /** The chosen candidate. */
  readonly candidate: number;
  readonly sha256: string;
  /** The first time that it learned from, if not all of the training rows. */
  readonly learnedFrom?: string;
  readonly rows: number;
  readonly metrics: Metrics;
  readonly baseline: Metrics;
  readonly champion?: ChampionEvaluation;
  /** By how much the candidate is better in the gate's metric, with some certainty. */
  readonly improvements: { readonly baseline?: Interval; readonly champion?: Interval };
  readonly slices: readonly Slice[];
  /** Binary targets only, as is the next. */
  readonly calibration?: readonly CalibrationBin[];
  readonly roc?: readonly Point[];
  readonly precisionRecall?: readonly Point[];
  /** Of the baseline model. */
  readonly baselineRoc?: readonly Point[];
  /** Of targets that are classes. */
  readonly confusion?: Confusion;
  /** Of a number. */
  readonly residuals?: readonly ResidualBin[];
  /** How the outputs are distributed. */
  readonly predictions: NumberProfile;
}

export interface ChampionEvaluation {
  readonly version: number;
  /** On the rows that both are compared on. Absent where it cannot be run on them. */
  readonly metrics?: Metrics;
  /** Rows of the holdout that it was trained on, so that they say nothing fair of it. */
  readonly learned?: number;
  /** Of the candidate, where only the rows are compared that the champion was not trained on. */
  readonly candidate?: Metrics;
  readonly roc?: readonly Point[];
  /** Why it cannot be compared. */
  readonly notComparable?: string;
}

type OfOutputs = Omit<
  Evaluation,
  'candidate' | 'sha256' | 'learnedFrom' | 'baseline' | 'champion' | 'improvements'
>;

/**
 * What is to be known of one model's outputs on the holdout, beside those of the baseline model.
 * Of a multiclass target both have the probability of every class, row after row.
 */
export function evaluate(
  holdout: Columns,
  outputs: Float64Array,
  trivial: Float64Array,
  definition: Pick<ModelDefinition, 'target' | 'features' | 'baseline'>,
): OfOutputs {
  const { target, features, baseline } = definition;
  const labels = holdout.target;
  const confusion = confusionOf(target, labels, outputs);
  return {
    rows: holdout.rows,
    metrics: measure(target.kind, labels, outputs),
    slices: slicedBy(features, baseline.by).flatMap((feature) =>
      slicesOf(feature, holdout, { outputs, trivial }, target.kind),
    ),
    ...(target.kind === 'binary' && {
      calibration: calibrationBins(labels, outputs),
      roc: rocCurve(labels, outputs),
      precisionRecall: precisionRecallCurve(labels, outputs),
      baselineRoc: rocCurve(labels, trivial),
    }),
    ...(confusion && { confusion }),
    ...(target.kind === 'regression' && { residuals: residualBins(labels, outputs) }),
    predictions: profileNumbers(outputs),
  };
}

/** The groups that the baseline knows, and one category more. */
function slicedBy(features: ModelDefinition['features'], by: readonly string[]): string[] {
  const categories = Object.keys(features).filter((name) => features[name]?.kind === 'category');
  return [...new Set([...by, ...categories])].slice(0, 2);
}

const VALUES_SHOWN = 10;

/** The most frequent values of a category. */
function slicesOf(
  feature: string,
  { categories, target }: Columns,
  { outputs, trivial }: { outputs: Float64Array; trivial: Float64Array },
  kind: Target['kind'],
): Slice[] {
  const column = categories[feature];
  if (column === undefined) return [];
  const rowsOf = new Map<number, number[]>();
  for (const [row, code] of column.codes.entries()) {
    const rows = rowsOf.get(code);
    if (rows) rows.push(row);
    else rowsOf.set(code, [row]);
  }
  return [...rowsOf]
    .toSorted(([a, rowsOfA], [b, rowsOfB]) => rowsOfB.length - rowsOfA.length || a - b)
    .slice(0, VALUES_SHOWN)
    .map(([code, rows]) => {
      const labels = Float64Array.from(rows, (row) => target[row]!);
      return {
        feature,
        value: column.dictionary[code] ?? '(missing)',
        rows: rows.length,
        meanLabel: labels.reduce((sum, label) => sum + label, 0) / rows.length,
        metrics: measure(kind, labels, outputsOf(rows, outputs, target.length)),
        baseline: measure(kind, labels, outputsOf(rows, trivial, target.length)),
      };
    });
}

/** The outputs of some rows of so many. */
function outputsOf(rows: readonly number[], outputs: Float64Array, all: number): Float64Array {
  const width = outputs.length / all;
  const found = new Float64Array(rows.length * width);
  for (const [at, row] of rows.entries()) {
    found.set(outputs.subarray(row * width, (row + 1) * width), at * width);
  }
  return found;
}
