/** What is watched of a model in production, and when somebody is told. */
import type { QualityMetric, Target } from './definition.ts';

export interface QualityLimits {
  /** Of the values of a feature. @default 0.01 */
  readonly maximumMissingShare?: number;
  /** Of the values of a feature, outside of its declared minimum and maximum. @default 0.01 */
  readonly maximumOutOfRangeShare?: number;
  /** Of the values of a feature, categories that training never saw. @default 0.02 */
  readonly maximumUnseenShare?: number;
  /** Of the values of a feature, those that are not of its declared kind. @default 0.001 */
  readonly maximumUnreadableShare?: number;
  /** Of the records, those that repeat another one's id. @default 0.05 */
  readonly maximumDuplicateShare?: number;
  /**
   * By which share the number of predictions may differ from the usual one: the median of the same
   * hour and weekday in the four weeks before. @default 0.5
   */
  readonly maximumVolumeChange?: number;
}

export const DRIFT_METHODS = ['psi', 'ks', 'jensen-shannon', 'wasserstein', 'chi-squared'] as const;
export type DriftMethod = (typeof DRIFT_METHODS)[number];
export type NumberDriftMethod = Exclude<DriftMethod, 'chi-squared'>;
export type CategoryDriftMethod = Exclude<DriftMethod, 'ks' | 'wasserstein'>;

export interface DriftMonitor {
  /** What decides for numbers, predictions among them. @default 'psi' */
  readonly numbers?: NumberDriftMethod;
  /** What decides for categories. @default 'psi' */
  readonly categories?: CategoryDriftMethod;
  /** Features that something else decides for, or that are not judged. @default none */
  readonly features?: Readonly<Record<string, DriftMethod | 'off'>>;
  /**
   * How far a distribution may move, by method: the size of the effect, which many rows do not make
   * larger. Of chi-squared it is Cohen's w, of Wasserstein the distance in standard deviations of
   * the reference. The defaults are what half a standard deviation makes of a normal distribution.
   *
   * @default { psi: 0.25, ks: 0.2, jensen-shannon: 0.18, wasserstein: 0.5, chi-squared: 0.5 }
   */
  readonly thresholds?: Readonly<Partial<Record<DriftMethod, number>>>;
  /** How often, at most, chance alone may say that anything moved. @default 0.01 */
  readonly significance?: number;
  /** How p-values of many features are corrected. @default 'benjamini-hochberg' */
  readonly correction?: 'benjamini-hochberg' | 'holm' | 'none';
}

export interface PerformanceMonitor {
  /** @default that of the gate; of several classes 'accuracy', since records tell no other */
  readonly metric?: QualityMetric;
  /** Worst value that is still good enough. @default none: only the loss against the holdout counts */
  readonly limit?: number;
  /**
   * How much worse than on the holdout it may be, in the metric's units.
   *
   * @default none where there is a limit; else 0.05 of AUC and accuracy, a tenth of what others were
   */
  readonly maximumLoss?: number;
  /** Windows with fewer labels are not judged. @default 500 */
  readonly minimumLabels?: number;
  /** How long labels usually take; the window that is judged ends so long before the as-of. @default 0 */
  readonly delayHours?: number;
  /** Windows to go back, at most, until one has labels enough. @default 7 */
  readonly lookBack?: number;
  /** Category features to measure by value. @default those of the baseline, else the first two */
  readonly slices?: readonly string[];
}

export interface StalenessLimits {
  /** @default no limit: a model that is good is not too old */
  readonly maximumChampionAgeDays?: number;
  /** Of the newest partition of the dataset. @default no limit */
  readonly maximumDataAgeHours?: number;
}

export interface Monitors {
  /** How far back the current window reaches. @default 24 */
  readonly windowHours?: number;
  /** Windows with fewer rows are not judged. @default 500 */
  readonly minimumRows?: number;
  readonly quality?: QualityLimits;
  /** Short for `drift.thresholds.psi`. */
  readonly driftThreshold?: number;
  readonly drift?: DriftMonitor;
  readonly performance?: PerformanceMonitor;
  readonly staleness?: StalenessLimits;
  /**
   * How many windows must be bad, of how many that follow each other, before drift or a loss of
   * performance rings. @default { bad: 2, of: 3 }
   */
  readonly sustained?: Sustained;
}

export interface Sustained {
  readonly bad: number;
  readonly of: number;
}

export interface CompleteMonitors {
  readonly windowHours: number;
  readonly minimumRows: number;
  readonly quality: Required<QualityLimits>;
  readonly drift: Required<Omit<DriftMonitor, 'thresholds'>> & {
    readonly thresholds: Readonly<Record<DriftMethod, number>>;
  };
  readonly performance: Required<Omit<PerformanceMonitor, 'limit' | 'maximumLoss' | 'slices'>> &
    Pick<PerformanceMonitor, 'limit' | 'maximumLoss' | 'slices'>;
  readonly staleness: StalenessLimits;
  readonly sustained: Sustained;
}

interface Watched {
  readonly monitors?: Monitors;
  readonly gate: { readonly metric: QualityMetric };
  readonly target: Target;
}

/** Fills in every default. */
export function completeMonitors({ monitors = {}, gate, target }: Watched): CompleteMonitors {
  const { driftThreshold, drift, performance } = monitors;
  return {
    windowHours: monitors.windowHours ?? 24,
    minimumRows: monitors.minimumRows ?? 500,
    quality: {
      maximumMissingShare: 0.01,
      maximumOutOfRangeShare: 0.01,
      maximumUnseenShare: 0.02,
      maximumUnreadableShare: 0.001,
      maximumDuplicateShare: 0.05,
      maximumVolumeChange: 0.5,
      ...monitors.quality,
    },
    drift: {
      numbers: 'psi',
      categories: 'psi',
      features: {},
      significance: 0.01,
      correction: 'benjamini-hochberg',
      ...drift,
      thresholds: {
        psi: driftThreshold ?? 0.25,
        ks: 0.2,
        'jensen-shannon': 0.18,
        wasserstein: 0.5,
        'chi-squared': 0.5,
        ...drift?.thresholds,
      },
    },
    performance: {
      metric: target.kind === 'multiclass' ? 'accuracy' : gate.metric,
      minimumLabels: 500,
      delayHours: 0,
      lookBack: 7,
      ...performance,
    },
    staleness: monitors.staleness ?? {},
    sustained: monitors.sustained ?? { bad: 2, of: 3 },
  };
}
