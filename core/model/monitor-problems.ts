/** What can be wrong with declared monitors. */
import type { Feature } from './features.ts';
import type { DriftMethod, DriftMonitor, Monitors } from './monitors.ts';

const FITS: Readonly<Record<Feature['kind'], readonly DriftMethod[]>> = {
  number: ['psi', 'ks', 'jensen-shannon', 'wasserstein'],
  category: ['psi', 'jensen-shannon', 'chi-squared'],
  timestamp: [],
};

interface Declared {
  readonly monitors?: Monitors;
  readonly features: Readonly<Record<string, Feature>>;
  readonly derived?: Readonly<Record<string, unknown>>;
}

// Everything but the metric, which the target decides over.
export function* problemsOfMonitors(declared: Declared): Generator<string> {
  const { monitors = {} } = declared;
  yield* shares(monitors);
  yield* positive(limitsOf(monitors));
  yield* methods(declared, monitors.drift);
  yield* counts(monitors);
  for (const slice of monitors.performance?.slices ?? []) {
    if (declared.features[slice]?.kind !== 'category') {
      yield `monitors.performance.slices names '${slice}', which is not a category feature; name those to measure by`;
    }
  }
}

function limitsOf(monitors: Monitors): Record<string, number | undefined> {
  const { staleness, performance, quality, drift } = monitors;
  return {
    'monitors.driftThreshold': monitors.driftThreshold,
    'monitors.staleness.maximumChampionAgeDays': staleness?.maximumChampionAgeDays,
    'monitors.staleness.maximumDataAgeHours': staleness?.maximumDataAgeHours,
    'monitors.performance.maximumLoss': performance?.maximumLoss,
    'monitors.quality.maximumVolumeChange': quality?.maximumVolumeChange,
    ...Object.fromEntries(
      Object.entries(drift?.thresholds ?? {}).map(([method, threshold]) => [
        `monitors.drift.thresholds.${method}`,
        threshold,
      ]),
    ),
  };
}

function* shares({ quality = {}, drift = {} }: Monitors): Generator<string> {
  const bounds = Object.entries({
    ...Object.fromEntries(
      Object.entries(quality).map(([name, share]) => [`monitors.quality.${name}`, share]),
    ),
    'monitors.drift.significance': drift.significance,
  });
  for (const [where, share] of bounds) {
    if (where.endsWith('maximumVolumeChange') || share === undefined) continue;
    if (!(share >= 0 && share <= 1)) yield `${where} ${share} must be from 0 to 1`;
  }
}

function* positive(values: Readonly<Record<string, number | undefined>>): Generator<string> {
  for (const [where, value] of Object.entries(values)) {
    if (value !== undefined && !(value > 0)) {
      yield `${where} ${value} must be above 0; leave it out for the usual one`;
    }
  }
}

function* methods(
  { features, derived = {} }: Declared,
  { numbers, categories, features: own = {} }: DriftMonitor = {},
): Generator<string> {
  yield* fits('monitors.drift.numbers', 'number', numbers);
  yield* fits('monitors.drift.categories', 'category', categories);
  for (const [name, method] of Object.entries(own)) {
    const kind = name in derived ? 'number' : features[name]?.kind;
    if (kind === undefined || kind === 'timestamp') {
      yield `monitors.drift.features names '${name}', which has no distribution; name a number, a category or a derived feature`;
    } else if (method !== 'off') {
      yield* fits(`monitors.drift.features.${name}`, kind, method);
    }
  }
}

function* fits(where: string, kind: Feature['kind'], method?: DriftMethod): Generator<string> {
  if (method !== undefined && !FITS[kind].includes(method)) {
    yield `${where} '${method}' does not measure a ${kind}; use ${FITS[kind].join(', ')}`;
  }
}

function* counts({
  windowHours,
  minimumRows,
  performance,
  sustained,
}: Monitors): Generator<string> {
  const wanted: Readonly<Record<string, readonly [number | undefined, number]>> = {
    'monitors.windowHours': [windowHours, 1],
    'monitors.minimumRows': [minimumRows, 1],
    'monitors.performance.minimumLabels': [performance?.minimumLabels, 1],
    'monitors.performance.delayHours': [performance?.delayHours, 0],
    'monitors.performance.lookBack': [performance?.lookBack, 0],
    'monitors.sustained.bad': [sustained?.bad, 1],
    'monitors.sustained.of': [sustained?.of, 1],
  };
  for (const [where, [value, least]] of Object.entries(wanted)) {
    if (value !== undefined && (!Number.isInteger(value) || value < least)) {
      yield `${where} ${value} must be a whole number from ${least} on`;
    }
  }
  if (sustained !== undefined && sustained.bad > sustained.of) {
    yield `monitors.sustained wants ${sustained.bad} bad windows of ${sustained.of}; the first number cannot be the larger one`;
  }
}
