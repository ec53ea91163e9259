/** Replays a model's past under many policies, so that a person can pick one. */
import { join } from 'node:path';
import type { ObjectStore } from '../aws/objects.ts';
import { downloadAll, listDataset } from '../data/dataset.ts';
import { withDuckDb } from '../data/duckdb.ts';
import { DataError } from '../data/errors.ts';
import { loadRows } from '../data/load.ts';
import type { ReferenceProfile } from '../data/profile.ts';
import type { ModelDefinition, QualityMetric } from '../model/definition.ts';
import { completeRetraining } from '../model/retraining.ts';
import { dayOf, layout } from '../model/layout.ts';
import { signatureOf } from '../model/signature.ts';
import { limitOf } from '../monitor/performance.ts';
import { toleratedLoss } from '../monitor/trust.ts';
import { openSession } from '../onnx/session.ts';
import { readJson } from '../pipeline/run-files.ts';
import type { Registry } from '../registry/registry.ts';
import { type Runs, vcpuSecondsOf } from '../runs/runs.ts';
import { type BacktestVersion, type Day, readDays } from './days.ts';
import { type Outcome, playPolicy } from './play.ts';
import { type Policy, usualPolicies } from './policies.ts';

export interface BacktestStores {
  readonly objects: ObjectStore;
  readonly registry: Pick<Registry, 'versions'>;
  readonly runs: Pick<Runs, 'getRun'>;
}

export interface BacktestPeriod {
  readonly from: Date;
  readonly to: Date;
  /** Share of the rows that are scored. */
  readonly sample: number;
  /** An empty folder on this machine. */
  readonly folder: string;
}

export interface Backtest {
  readonly model: string;
  readonly metric: QualityMetric;
  readonly days: readonly Day[];
  readonly versions: readonly { readonly version: number; readonly from: Date }[];
  /** Loss against the holdout from which a day is bad. */
  readonly badLoss: number;
  /** One a policy, the declared one first. */
  readonly outcomes: readonly Outcome[];
}

/** Versions that are scored at most, the newest data first: each scores all rows. */
const MOST_VERSIONS = 12;

/**
 * Scores the days of a period by every version that had not seen them, once, and plays policies
 * over what that gives, which costs next to nothing.
 *
 * @throws {DataError} if there are no days or no versions to play with
 */
export async function backtest(
  { objects, registry, runs }: BacktestStores,
  definition: ModelDefinition,
  period: BacktestPeriod,
  report: (line: string) => void = () => {},
): Promise<Backtest> {
  const versions = await openVersions({ objects, registry, runs }, definition);
  try {
    const days = await scoreDays(objects, definition, versions, period, report);
    if (days.length === 0) {
      throw new DataError(
        `no day from ${dayOf(period.from)} to ${dayOf(lastOf(period))} has data and a version that had ` +
          'not seen it; train versions with --as-of along the past, or take other days',
      );
    }
    return play(definition, versions, days);
  } finally {
    await Promise.all(versions.map(({ session }) => session.release()));
  }
}

type OpenVersion = BacktestVersion & { readonly session: Awaited<ReturnType<typeof openSession>> };

async function openVersions(
  { objects, registry, runs }: BacktestStores,
  definition: ModelDefinition,
): Promise<OpenVersion[]> {
  const { name: model } = definition;
  const declared = signatureOf(definition);
  const opened: OpenVersion[] = [];
  for (const { version, runId, signature } of await registry.versions(model)) {
    const isFed = (['numbers', 'categories', 'times'] as const).every((kind) =>
      signature[kind].every((name) => declared[kind].includes(name)),
    );
    if (!isFed || opened.length === MOST_VERSIONS) continue;
    const profile = await readJson<ReferenceProfile>(objects, layout.profile(model, version)).catch(
      () => undefined,
    );
    // Nobody knows what a version has seen that was trained elsewhere.
    if (profile?.dataTo === undefined) continue;
    const bytes = await objects.get(layout.modelFile(model, version));
    const run = await runs.getRun({ model, runId }).catch(() => undefined);
    opened.push({
      version,
      profile,
      from: new Date(profile.dataTo),
      session: await openSession(bytes, { threads: 2 }),
      vcpuSeconds: run === undefined ? 0 : vcpuSecondsOf(run),
    });
  }
  return opened.toSorted((a, b) => a.from.getTime() - b.from.getTime());
}

function lastOf({ to }: Pick<BacktestPeriod, 'to'>): Date {
  return new Date(to.getTime() - 1);
}

async function scoreDays(
  objects: ObjectStore,
  definition: ModelDefinition,
  versions: readonly OpenVersion[],
  { from, to, sample, folder }: BacktestPeriod,
  report: (line: string) => void,
): Promise<Day[]> {
  const [first, last] = [dayOf(from), dayOf(lastOf({ to }))];
  const wanted = (await listDataset(objects, definition)).filter(
    ({ day }) => day === undefined || (day >= first && day <= last),
  );
  if (wanted.length === 0) return [];
  const files = await downloadAll(objects, wanted, join(folder, 'data'));
  report(`${files.length} objects are here`);
  return withDuckDb({ memoryMiB: 1024, threads: 2, scratch: folder }, async (connection) => {
    await loadRows(connection, { definition, files, before: to, sample, unreadable: 'missing' });
    await connection.run(`delete from rows where _time < ${from.getTime()}`);
    return readDays(connection, definition, versions, report);
  });
}

function play(
  definition: ModelDefinition,
  versions: readonly OpenVersion[],
  days: readonly Day[],
): Backtest {
  const { name: model, monitors } = definition;
  const { cooldownHours, budgetPerMonth, patienceDays } = completeRetraining(definition);
  const { metric, delayHours } = monitors.performance;
  const known = versions.flatMap(({ version, from, profile, vcpuSeconds }) => {
    const reference = profile.metrics[metric];
    return reference === undefined ? [] : [{ version, from, reference, vcpuSeconds }];
  });
  const reference = known[0]?.reference ?? null;
  const limit = limitOf(monitors.performance, reference ?? undefined);
  const badLoss = toleratedLoss(metric, reference, limit);
  const course = { days, versions: known, delayDays: Math.ceil(delayHours / 24), badLoss };
  const policies: Policy[] = usualPolicies({
    monitors,
    cooldownDays: cooldownHours / 24,
    budgetPerMonth,
    patienceDays,
    loss: badLoss,
  });
  return {
    model,
    metric,
    days,
    versions: known,
    badLoss,
    outcomes: policies.map((policy) => playPolicy(policy, course)),
  };
}
