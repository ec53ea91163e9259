/** What a person writes down about a model before any code runs. */
import type { CompleteChecks, DataChecks } from './data-checks.ts';
import type { DerivedFeature, Feature } from './features.ts';
import type { CompleteMonitors, Monitors } from './monitors.ts';
import type { Retention } from './retention.ts';
import type { Retraining } from './retraining.ts';
import type { CompleteRollout, Rollout } from './rollout.ts';
import type { Labels, RollingFeatures } from './rolling-features.ts';
import type { Schedule } from './schedule.ts';
import type { StreamServing } from './stream.ts';
import type { Traffic } from './traffic.ts';

export interface Problem {
  /** The question that one prediction answers. */
  readonly statement: string;
  /** What somebody does differently because of the answer. */
  readonly decision: string;
  /** E-mail address of the people who answer for the model. */
  readonly owner: string;
}

export type { Severity } from './data-checks.ts';

export interface DataSource {
  /** Column with the time of each row; splits and windows go by it. */
  readonly time: string;
  /** Format of the objects under `datasets/<model>/`. @default 'parquet' */
  readonly format?: 'parquet' | 'csv' | 'json';
  /** Column with how much each row counts in training, above 0. @default every row counts 1 */
  readonly weight?: string;
  /**
   * Column by whose order rows reached the system, where some come late: rolling features count a
   * late row from when it came. @default the order of their times
   */
  readonly arrival?: string;
  /** A file in an npm package that `tidemill load` reads from, for data that ships. */
  readonly shipped?: {
    readonly package: string;
    readonly file: string;
    /**
     * When a row's label is known, for a replay: SQL of a timestamp over the file's columns.
     *
     * @default at the row's own time
     */
    readonly labelKnown?: string;
  };
}

/** Yes or no: is the column at least `atLeast`? Rows without the column are not used. */
export interface BinaryTarget {
  readonly kind: 'binary';
  readonly column: string;
  readonly atLeast: number;
  /** Probability from which the prediction is 1. @default 0.5 */
  readonly threshold?: number;
  /**
   * How probabilities are corrected on the validation rows: by a line through pools of rows, which
   * wants thousands of them, or by two numbers. @default not at all
   */
  readonly calibration?: 'isotonic' | 'sigmoid';
}

/** A number: the column itself. */
export interface RegressionTarget {
  readonly kind: 'regression';
  readonly column: string;
}

/** One of several classes: the column's text. Rows without the column are not used. */
export interface MulticlassTarget {
  readonly kind: 'multiclass';
  readonly column: string;
  /** Every value that the column can have; the model gives a probability for each, in this order. */
  readonly classes: readonly string[];
}

export type Target = BinaryTarget | RegressionTarget | MulticlassTarget;

/** What a Batch job gets; on Fargate memory must fit the number of vCPUs (2 to 8 GB each, roughly). */
export interface JobSize {
  readonly vcpus: 0.25 | 0.5 | 1 | 2 | 4 | 8 | 16;
  readonly memoryMiB: number;
}

export type Algorithm = 'gradient-boosted-trees' | 'linear';

/** Parameters of either algorithm; each reads those it knows. */
export interface TrainerParameters {
  /** Trees to grow (gradient-boosted-trees). @default 200 */
  readonly trees?: number;
  /** Leaves a tree may have (gradient-boosted-trees). @default 63 */
  readonly leaves?: number;
  /** Share of each tree's correction that is applied (gradient-boosted-trees). @default 0.1 */
  readonly learningRate?: number;
  /**
   * Fewest rows in a leaf (gradient-boosted-trees); 0 for a five-hundredth of the training
   * rows, at least 10 and at most 100. @default 0
   */
  readonly minimumRowsInLeaf?: number;
  /** Histogram bins a feature is cut into, at most 255 (gradient-boosted-trees). @default 255 */
  readonly bins?: number;
  /** Least gain of a split (gradient-boosted-trees). @default 0 */
  readonly minimumGain?: number;
  /** Share of the rows that each tree learns from (gradient-boosted-trees). @default 1 */
  readonly rowSample?: number;
  /** Share of the features that each tree may ask about (gradient-boosted-trees). @default 1 */
  readonly featureSample?: number;
  /** L1 penalty on leaf values (gradient-boosted-trees). @default 0 */
  readonly l1?: number;
  /** L2 penalty on leaf values or coefficients. @default 1 */
  readonly l2?: number;
  /** Rows' worth of prior that smooths the encoding of a category. @default 20 */
  readonly smoothing?: number;
  /**
   * Orders of categories that each tree may add (gradient-boosted-trees). Splits then cut one of
   * the newest orders in two, and the file predicts several times faster; it takes larger trees to
   * be as good. 0 gives each split a set of its own. @default 0
   */
  readonly rankings?: number;
}

export interface TrainerChoice {
  readonly algorithm: Algorithm;
  readonly parameters?: TrainerParameters;
  /** Values to search over, by parameter. @default no search */
  readonly search?: { readonly [Name in keyof TrainerParameters]?: readonly number[] };
  /** Sets of parameters to try, in parallel. @default 1 */
  readonly candidates?: number;
  /**
   * How candidates are narrowed down: all learn from all rows, or all from few rows, the best
   * third of them from three times as many, and so on.
   *
   * @default 'random'
   */
  readonly searchBy?: 'random' | 'halving';
  /** @default 17 */
  readonly seed?: number;
  /** Iterations without a better validation loss after which training stops. @default 30 */
  readonly patience?: number;
  /** Size of each training job. @default { vcpus: 2, memoryMiB: 8192 } */
  readonly job?: JobSize;
}

/**
 * The newest `holdoutDays` of data before the run's as-of judge a model, and the `trainingDays`
 * before those train it. Counted from the newest row, so that late data shortens nothing.
 */
export interface TimeSplit {
  readonly trainingDays: number;
  readonly holdoutDays: number;
}

/** The trivial predictor to beat: the target's mean in each group seen in training. */
export interface Baseline {
  /** Category features that make the groups. @default none: one mean for all */
  readonly by?: readonly string[];
}

export type QualityMetric = 'auc' | 'log-loss' | 'accuracy' | 'rmse' | 'mae';

export interface Gate {
  readonly metric: QualityMetric;
  /** How much better than the baseline model a version must be, in the metric's units. */
  readonly beatBaselineBy: number;
  /** How much better than the champion on the same rows. @default 0 */
  readonly beatChampionBy?: number;
}

export interface OnlineServing {
  /**
   * Who may call the URL: those whose AWS identity may, anybody with the token that the stack keeps
   * in a secret, or anybody at all. @default 'iam'
   */
  readonly access?: 'iam' | 'token' | 'public';
  /** Origins whose pages may call the URL, such as 'https://example.com'. @default none */
  readonly corsOrigins?: readonly string[];
  /**
   * Most calls at once, kept free for this endpoint; more are answered 429. At most ten times as
   * many are taken a second. @default what the account has
   */
  readonly concurrency?: number;
  /** What the challenger gets, until `tidemill canary` says otherwise. @default nothing */
  readonly challenger?: Traffic;
  /** @default 1024 */
  readonly memoryMiB?: number;
  /** @default 10 */
  readonly timeoutSeconds?: number;
  /** Time to answer, in milliseconds, that one answer in a hundred may exceed before people are told. @default 500 */
  readonly maximumLatencyMs?: number;
  /** Most rows in one request. @default 1000 */
  readonly maximumRows?: number;
  /** How soon a promotion is served, at the latest. @default 5 */
  readonly reloadSeconds?: number;
}

export interface BatchServing {
  /** Size of each scoring job. @default { vcpus: 1, memoryMiB: 2048 } */
  readonly job?: JobSize;
  /** Most that a job holds in memory, whatever the size of its input. @default 1024 */
  readonly holdsMiB?: number;
  /** Columns of the input that each prediction carries. @default the time and the entity */
  readonly keys?: readonly string[];
  /** Rows of one shard, roughly, since row groups stay whole. @default 1,000,000 */
  readonly rowsPerShard?: number;
  /** Share of the rows that may be rejected; above it, nothing is published. @default 0.05 */
  readonly maximumRejectedShare?: number;
  /** Share by which the number of rows may differ from the usual one. @default 0.5 */
  readonly maximumRowsChange?: number;
  /** Time of day (UTC) by which the day before must be scored. @default nobody waits for it */
  readonly readyBy?: string;
}

export interface Serving {
  readonly online?: OnlineServing;
  readonly stream?: StreamServing;
  readonly batch?: BatchServing;
  /** Category feature that names what a prediction is about; becomes the partition key. */
  readonly entity?: string;
  /** Features that the declaration does not name are refused or ignored. @default 'reject' */
  readonly unknownFeatures?: 'reject' | 'ignore';
}

/** What starts training beside schedules, alarms and people. */
export interface Triggers {
  /** Objects that are put under `datasets/<model>/`. @default none */
  readonly upload?: {
    /** Only keys that end so, such as '_SUCCESS', the file that writers put last. @default any */
    readonly suffix?: string;
    /** After a training that an upload started, uploads start no other for so long. @default 1 */
    readonly restHours?: number;
  };
}

export interface Schedules {
  readonly train?: Schedule;
  readonly score?: Schedule;
  readonly monitor?: Schedule;
}

/** What a person writes; `defineModel` turns it into a definition. */
export interface ModelDeclaration {
  /** Registered name: lower case letters, digits, hyphens; part of every key and resource name. */
  readonly name: string;
  readonly problem: Problem;
  readonly data: DataSource;
  readonly target: Target;
  /** What a caller sends, by name, in the order that the model's tensors have them. */
  readonly features: Readonly<Record<string, Feature>>;
  /** Numbers computed from timestamp features inside the model. */
  readonly derived?: Readonly<Record<string, DerivedFeature>>;
  /** Numbers computed from what came before, which callers do not send. @default none */
  readonly rolling?: RollingFeatures;
  /** When the truth about past rows came to be known. @default not said */
  readonly labels?: Labels;
  readonly trainer: TrainerChoice;
  readonly split: TimeSplit;
  /** What is checked of the data before training. @default what `DataChecks` says */
  readonly checks?: DataChecks;
  readonly baseline?: Baseline;
  readonly gate: Gate;
  readonly serving: Serving;
  readonly monitors?: Monitors;
  /** Training that alarms start. @default alarms only tell people */
  readonly retraining?: Retraining;
  /** What is between the gate and the promotion. @default nothing */
  readonly rollout?: Rollout;
  readonly retention?: Retention;
  readonly schedules?: Schedules;
  readonly triggers?: Triggers;
}

/** A declaration that has been checked, with every default filled in. */
export interface ModelDefinition {
  readonly name: string;
  readonly problem: Problem;
  readonly data: DataSource & Required<Pick<DataSource, 'format'>>;
  readonly target:
    | (BinaryTarget & Required<Pick<BinaryTarget, 'threshold'>>)
    | RegressionTarget
    | MulticlassTarget;
  /** What the model takes: what callers send, and a number for each rolling feature. */
  readonly features: Readonly<Record<string, Feature>>;
  readonly derived: Readonly<Record<string, DerivedFeature>>;
  readonly rolling: RollingFeatures;
  readonly labels: Labels;
  readonly trainer: Required<Omit<TrainerChoice, 'parameters'>> & {
    readonly parameters: Required<TrainerParameters>;
  };
  readonly split: TimeSplit;
  readonly checks: CompleteChecks;
  readonly baseline: Required<Baseline>;
  readonly gate: Required<Gate>;
  readonly serving: {
    readonly online?: Required<Omit<OnlineServing, 'concurrency' | 'challenger'>> &
      Pick<OnlineServing, 'concurrency' | 'challenger'>;
    readonly stream?: Required<StreamServing>;
    readonly batch?: Required<Omit<BatchServing, 'readyBy'>> & Pick<BatchServing, 'readyBy'>;
    readonly entity?: string;
    readonly unknownFeatures: 'reject' | 'ignore';
  };
  readonly monitors: CompleteMonitors;
  readonly retraining?: Required<Retraining>;
  readonly rollout?: CompleteRollout;
  readonly retention: Required<Retention>;
  readonly schedules: Schedules;
  readonly triggers: { readonly upload?: Required<NonNullable<Triggers['upload']>> };
}
