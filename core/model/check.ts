/** What can be wrong with a declaration. One function a part; each problem says what to write. */
import { problemsOfChecks } from './data-checks.ts';
import type { ModelDeclaration, QualityMetric, Target } from './definition.ts';
import { problemsOfMonitors } from './monitor-problems.ts';
import { problemsOfRetention } from './retention.ts';
import { problemsOfRetraining } from './retraining.ts';
import { problemsOfRollout } from './rollout.ts';
import { problemsOfStream } from './stream.ts';
import { problemsOfRolling } from './rolling-checks.ts';

const METRICS: Readonly<Record<Target['kind'], readonly QualityMetric[]>> = {
  binary: ['auc', 'log-loss'],
  regression: ['rmse', 'mae'],
  multiclass: ['accuracy', 'log-loss', 'auc'],
};

/** Returns everything that is wrong with a declaration, in sentences; empty if nothing is. */
export function problemsOf(declaration: ModelDeclaration): string[] {
  return [
    ...nameAndProblem(declaration),
    ...features(declaration),
    ...derivedFeatures(declaration),
    ...problemsOfRolling(declaration),
    ...target(declaration),
    ...training(declaration),
    ...problemsOfChecks(declaration.checks),
    ...serving(declaration),
    ...servingLimits(declaration),
    ...problemsOfStream(declaration.serving.stream),
    ...batchServing(declaration),
    ...callers(declaration),
    ...monitors(declaration),
    ...problemsOfRetraining(declaration),
    ...problemsOfRollout(declaration),
    ...problemsOfRetention(declaration.retention),
  ];
}

function* nameAndProblem({ name, problem }: ModelDeclaration): Generator<string> {
  if (!/^[a-z][a-z0-9-]{0,30}$/.test(name)) {
    yield (
      `name '${name}' must be lower case letters, digits and hyphens, start with a letter and have ` +
      `at most 31 characters; for example 'churn' or 'card-fraud'`
    );
  }
  if (problem.statement.trim() === '') {
    yield `problem.statement is empty; write the question that one prediction answers`;
  }
  if (!/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(problem.owner)) {
    yield `problem.owner '${problem.owner}' must be an e-mail address; for example 'ops@example.com'`;
  }
}

function* features({ features: declared }: ModelDeclaration): Generator<string> {
  for (const [name, feature] of Object.entries(declared)) {
    if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name)) {
      yield `feature '${name}' must be letters, digits and underscores, and start with a letter`;
    }
    if (
      feature.kind === 'number' &&
      feature.minimum !== undefined &&
      feature.maximum !== undefined
    ) {
      if (!(feature.minimum < feature.maximum)) {
        yield (
          `feature '${name}' has minimum ${feature.minimum} and maximum ${feature.maximum}; ` +
          `the minimum must be below the maximum`
        );
      }
    }
    if (feature.kind === 'category' && feature.values?.length === 0) {
      yield `feature '${name}' allows no value; list its values, or leave values out to allow any`;
    }
  }
}

function* derivedFeatures({
  features: declared,
  derived = {},
}: ModelDeclaration): Generator<string> {
  const timestamps = namesOf(declared, 'timestamp');
  for (const [name, { from }] of Object.entries(derived)) {
    if (name in declared) {
      yield `derived feature '${name}' has the name of a feature; give it another one`;
    }
    if (!timestamps.includes(from)) {
      yield (
        `derived feature '${name}' comes from '${from}', which is not a timestamp feature ` +
        `(timestamps: ${list(timestamps)})`
      );
    }
  }
  const used = Object.keys(declared).length - timestamps.length + Object.keys(derived).length;
  if (used === 0) {
    yield `there is nothing to learn from; declare a number or category feature, or derive one from a timestamp`;
  }
}

function* target({
  target: declared,
  features: inputs,
  gate,
  baseline,
}: ModelDeclaration): Generator<string> {
  if (declared.column in inputs) {
    yield (
      `target column '${declared.column}' is also a feature, so the model would be told the answer; ` +
      `take it out of features`
    );
  }
  if (declared.kind === 'binary') yield* within('target.threshold', declared.threshold, 0, 1);
  if (declared.kind === 'multiclass') yield* classes(declared.classes);
  yield* metricFits('gate.metric', gate.metric, declared);
  const categories = namesOf(inputs, 'category');
  for (const group of baseline?.by ?? []) {
    if (!categories.includes(group)) {
      yield `baseline.by names '${group}', which is not a category feature (categories: ${list(categories)})`;
    }
  }
}

/** A class's number is a byte in the trainer. */
const MOST_CLASSES = 256;

function* classes(declared: readonly string[]): Generator<string> {
  const distinct = new Set(declared).size;
  if (distinct < 2 || distinct !== declared.length || distinct > MOST_CLASSES) {
    yield `target.classes lists ${declared.length} classes, ${distinct} of them different; list each value once, from 2 to ${MOST_CLASSES}`;
  }
}

function* training({ trainer, split, target: predicted }: ModelDeclaration): Generator<string> {
  if (trainer.algorithm === 'linear' && predicted.kind === 'multiclass') {
    yield `trainer.algorithm 'linear' knows no multiclass target; use 'gradient-boosted-trees'`;
  }
  const { parameters = {}, candidates, search = {} } = trainer;
  yield* wholeAndPositive({
    'trainer.candidates': candidates,
    'trainer.patience': trainer.patience,
    'trainer.parameters.trees': parameters.trees,
    'split.trainingDays': split.trainingDays,
    'split.holdoutDays': split.holdoutDays,
  });
  yield* within('trainer.parameters.bins', parameters.bins, 2, 255);
  yield* within('trainer.parameters.leaves', parameters.leaves, 2, 4096);
  for (const [name, values] of Object.entries(search)) {
    if (values.length === 0)
      yield `trainer.search.${name} has no values; list some, or leave it out`;
  }
}

function* serving({ serving: declared, features: inputs }: ModelDeclaration): Generator<string> {
  const { online, stream, batch, entity } = declared;
  if (!online && !stream && !batch) {
    yield `serving is empty; declare at least one of online, stream and batch, for example online: {}`;
  }
  if (entity !== undefined && inputs[entity]?.kind !== 'category') {
    yield `serving.entity '${entity}' must be a category feature (categories: ${list(namesOf(inputs, 'category'))})`;
  }
}

function* servingLimits({ serving: { online, stream } }: ModelDeclaration): Generator<string> {
  yield* within('serving.online.memoryMiB', online?.memoryMiB, 512, 10_240);
  yield* within('serving.online.timeoutSeconds', online?.timeoutSeconds, 1, 900);
  yield* wholeAndPositive({
    'serving.online.maximumRows': online?.maximumRows,
    'serving.online.maximumLatencyMs': online?.maximumLatencyMs,
    'serving.online.concurrency': online?.concurrency,
    'serving.stream.shards': stream?.shards,
  });
}

function* callers({ serving: { online } }: ModelDeclaration): Generator<string> {
  const { challenger, corsOrigins = [] } = online ?? {};
  if (challenger && !(challenger.share > 0 && challenger.share <= 1)) {
    yield `serving.online.challenger.share ${challenger.share} must be above 0 and at most 1`;
  }
  for (const origin of corsOrigins) {
    if (origin !== '*' && !/^https?:\/\/[^/\s]+$/.test(origin)) {
      yield `serving.online.corsOrigins '${origin}' must be an origin; for example 'https://example.com'`;
    }
  }
}

function* batchServing({ serving: { batch = {} } }: ModelDeclaration): Generator<string> {
  const { job, holdsMiB, keys = [], readyBy } = batch;
  yield* wholeAndPositive({ 'serving.batch.rowsPerShard': batch.rowsPerShard });
  yield* within('serving.batch.holdsMiB', holdsMiB, 512, job?.memoryMiB ?? 2048);
  yield* within('serving.batch.maximumRejectedShare', batch.maximumRejectedShare, 0, 1);
  if (batch.maximumRowsChange !== undefined && !(batch.maximumRowsChange > 0)) {
    yield `serving.batch.maximumRowsChange ${batch.maximumRowsChange} must be above 0; 0.5 warns of half the rows`;
  }
  for (const key of keys.filter((name) => PREDICTED_COLUMNS.has(name))) {
    yield `serving.batch.keys names '${key}', which predictions have already; rename it in the data`;
  }
  if (readyBy !== undefined && !/^([01]\d|2[0-3]):[0-5]\d$/.test(readyBy)) {
    yield `serving.batch.readyBy '${readyBy}' is no time of day; write for example '06:00'`;
  }
}

const PREDICTED_COLUMNS: ReadonlySet<string> = new Set([
  'prediction_id',
  'prediction',
  'class',
  'probability',
  'version',
]);

function* monitors(declaration: ModelDeclaration): Generator<string> {
  yield* problemsOfMonitors(declaration);
  const metric = declaration.monitors?.performance?.metric;
  if (metric) yield* metricFits('monitors.performance.metric', metric, declaration.target);
}

function* metricFits(where: string, metric: QualityMetric, { kind }: Target): Generator<string> {
  if (!METRICS[kind].includes(metric)) {
    yield `${where} '${metric}' does not measure a ${kind} target; use ${list(METRICS[kind])}`;
  }
}

function* wholeAndPositive(
  values: Readonly<Record<string, number | undefined>>,
): Generator<string> {
  for (const [where, value] of Object.entries(values)) {
    if (value !== undefined && (!Number.isInteger(value) || value < 1)) {
      yield `${where} ${value} must be a whole number above 0`;
    }
  }
}

function* within(
  where: string,
  value: number | undefined,
  from: number,
  to: number,
): Generator<string> {
  if (value !== undefined && !(value >= from && value <= to)) {
    yield `${where} ${value} must be from ${from} to ${to}`;
  }
}

function namesOf(declared: ModelDeclaration['features'], kind: string): string[] {
  return Object.keys(declared).filter((name) => declared[name]?.kind === kind);
}

function list(names: readonly string[]): string {
  return names.length > 0 ? names.join(', ') : 'none';
}
