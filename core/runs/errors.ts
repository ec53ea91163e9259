/** What a caller of the runs may want to handle. */
import type { ParameterValue } from './run.ts';

export class RunNotFoundError extends Error {
  override readonly name = 'RunNotFoundError';
  readonly model: string;
  readonly runId: string;

  constructor(model: string, runId: string) {
    super(`model '${model}' has no run '${runId}'; see what there is with: tidemill runs ${model}`);
    this.model = model;
    this.runId = runId;
  }
}

/** Parameters are fixed before a run, so a second value means that two runs share an id. */
export class ParameterChangedError extends Error {
  override readonly name = 'ParameterChangedError';

  constructor(runId: string, parameter: string, was: ParameterValue, is: ParameterValue) {
    super(
      `parameter '${parameter}' of run '${runId}' is ${was} already, and was to become ${is}; ` +
        'start another run for other parameters',
    );
  }
}

export class MetricNotFiniteError extends Error {
  override readonly name = 'MetricNotFiniteError';

  constructor(runId: string, metric: string, value: number) {
    super(
      `metric '${metric}' of run '${runId}' is ${value}, which is no measurement; ` +
        'log it only where it is a finite number',
    );
  }
}

export class RunFinishedError extends Error {
  override readonly name = 'RunFinishedError';

  constructor(runId: string, finishedAt: string) {
    super(
      `run '${runId}' finished at ${finishedAt}, so it cannot fail any more; start another run`,
    );
  }
}

/** A filter or an order of runs that cannot be understood. */
export class FilterError extends Error {
  override readonly name = 'FilterError';
  /** Place in the filter, from 0. */
  readonly at: number;

  constructor(filter: string, at: number, problem: string) {
    super(
      `filter is wrong at character ${at + 1}: ${problem}\n  ${filter}\n  ${' '.repeat(at)}^\n` +
        "write for example: metrics.auc > 0.7 and params.leaves = 63 and status = 'finished'",
    );
    this.at = at;
  }
}

/** Artifacts are written once. */
export class ArtifactChangedError extends Error {
  override readonly name = 'ArtifactChangedError';

  constructor(runId: string, artifact: string) {
    super(
      `run '${runId}' has an artifact '${artifact}' with other content; ` +
        'log it under another name, or start another run',
    );
  }
}

export class InvalidArtifactNameError extends Error {
  override readonly name = 'InvalidArtifactNameError';

  constructor(artifact: string) {
    super(
      `artifact name '${artifact}' must be a relative path without '..' of at most 500 characters; ` +
        "for example 'plots/roc.svg'",
    );
  }
}
