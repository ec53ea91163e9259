/** Tracking for any script: start a run, log what goes in and what comes out, finish it. */
import type { FactTable } from '../aws/facts.ts';
import { ObjectNotFoundError, type ObjectStore } from '../aws/objects.ts';
import { layout } from '../model/layout.ts';
import { ArtifactChangedError, InvalidArtifactNameError } from './errors.ts';
import type { ParameterValue } from './run.ts';
import { createRuns } from './runs.ts';

export interface TrackingParts {
  readonly facts: FactTable;
  readonly objects: ObjectStore;
  readonly now: () => Date;
}

export interface TrackedRunStart {
  /** The experiment: a model's name, or any other of the same form. */
  readonly model: string;
  /** The same id again goes on with the same run. */
  readonly runId: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** The moment that the run looks at the world from. @default now */
  readonly asOf?: Date;
}

/** Everything may be logged again with the same value, so a script can simply be run again. */
export interface TrackedRun {
  readonly runId: string;
  /** @throws {ParameterChangedError} if one has another value already */
  logParameters(parameters: Readonly<Record<string, ParameterValue>>): Promise<void>;
  /** @param step iteration or epoch; 0 for what is measured once. @throws {MetricNotFiniteError} */
  logMetric(metric: string, value: number, step?: number): Promise<void>;
  logMetrics(metrics: Readonly<Record<string, number>>): Promise<void>;
  logTags(tags: Readonly<Record<string, string>>): Promise<void>;
  /**
   * Keeps a file with the run; names may have folders, such as 'plots/roc.svg'.
   *
   * @returns its key in the bucket
   * @throws {ArtifactChangedError} if the run has another file of this name
   */
  logArtifact(name: string, body: Uint8Array | string, contentType?: string): Promise<string>;
  finish(): Promise<void>;
  fail(reason: unknown): Promise<void>;
}

export interface Tracking {
  startRun(start: TrackedRunStart): Promise<TrackedRun>;
  /** Runs some work; finishes the run when it is done, and fails it when it throws. */
  track<Result>(
    start: TrackedRunStart,
    work: (run: TrackedRun) => Promise<Result>,
  ): Promise<Result>;
}

/**
 * @example
 * const tracking = createTracking({ facts: dynamoFacts(table), objects: s3Objects(bucket), now });
 * await tracking.track({ model: 'churn', runId: 'first-try' }, async (run) => {
 *   await run.logParameters({ leaves: 31 });
 *   await run.logMetric('auc', 0.71);
 *   await run.logArtifact('notes.txt', 'Worth another look.');
 * });
 */
export function createTracking({ facts, objects, now }: TrackingParts): Tracking {
  const runs = createRuns(facts);

  const startRun: Tracking['startRun'] = async ({ model, runId, tags = {}, asOf }) => {
    const name = { model, runId };
    const at = now();
    await runs.startRun({
      ...name,
      pipeline: 'script',
      trigger: 'manual',
      at,
      asOf: asOf ?? at,
      tags,
    });
    await runs.resumeRun(name);
    return {
      runId,
      logParameters: async (parameters) => void (await runs.logParameters(name, parameters)),
      logMetric: async (metric, value, step) =>
        void (await runs.logMetric(name, metric, value, step)),
      logMetrics: async (metrics) => void (await runs.logMetrics(name, metrics)),
      logTags: async (given) => void (await runs.logTags(name, given)),
      finish: async () => void (await runs.finishRun(name, now())),
      fail: async (reason) => void (await runs.failRun(name, now(), messageOf(reason))),
      async logArtifact(artifact, body, contentType) {
        requireArtifactName(artifact);
        const key = layout.artifact(model, runId, artifact);
        const added = await objects.putIfAbsent(key, body, contentType);
        if (!added && !(await holds(objects, key, body))) {
          throw new ArtifactChangedError(runId, artifact);
        }
        await runs.noteArtifact(name, artifact);
        return key;
      },
    };
  };

  return {
    startRun,
    async track(start, work) {
      const run = await startRun(start);
      try {
        const result = await work(run);
        await run.finish();
        return result;
      } catch (error) {
        await run.fail(error);
        throw error;
      }
    },
  };
}

async function holds(
  objects: ObjectStore,
  key: string,
  body: Uint8Array | string,
): Promise<boolean> {
  try {
    return Buffer.from(await objects.get(key)).equals(bytesOf(body));
  } catch (error) {
    if (error instanceof ObjectNotFoundError) return false;
    throw error;
  }
}

function bytesOf(body: Uint8Array | string): Uint8Array {
  return typeof body === 'string' ? Buffer.from(body) : body;
}

function requireArtifactName(name: string): void {
  const parts = name.split('/');
  const isName = parts.every((part) => part !== '' && part !== '.' && part !== '..');
  if (!isName || name.length > 500) throw new InvalidArtifactNameError(name);
}

function messageOf(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}
