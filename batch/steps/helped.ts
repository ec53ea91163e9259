/** Whether a version that was promoted at once was worth its training, by labels that came since. */
import { withDuckDb } from '../../core/data/duckdb.ts';
import { readColumns } from '../../core/data/read.ts';
import type { Retrain } from '../../core/loop/entries.ts';
import { tellComparison } from '../../core/loop/guardrails.ts';
import { loopStateOf } from '../../core/loop/log.ts';
import { noteOutcome } from '../../core/loop/outcomes.ts';
import { layout } from '../../core/model/layout.ts';
import { compareLabelled, type Comparison } from '../../core/monitor/labelled/judge.ts';
import { createLabels } from '../../core/monitor/labelled/labels.ts';
import { openWindow } from '../../core/monitor/window.ts';
import { openSession } from '../../core/onnx/session.ts';
import { predictAll } from '../../core/pipeline/predict-all.ts';
import { createRegistry } from '../../core/registry/registry.ts';
import { decideAll } from '../../core/serve/decide.ts';
import type { StepContext } from '../step.ts';
import { duckDbFor } from './sizes.ts';

/** The champion that an alarm asked for, and the one that it replaced. */
interface Replacement {
  readonly retrain: Retrain;
  readonly version: number;
  readonly before: number;
  readonly since: Date;
}

/**
 * Judges the newest champion, if an alarm asked for it and nobody has judged it, by what the version
 * before would have said of the same rows.
 */
export async function judgeHelp(context: StepContext): Promise<void> {
  const { definition, facts, asOf, runId } = context;
  const replacement = await findReplacement(context);
  if (replacement === undefined) return;
  const comparison = await compareWithBefore(context, replacement);
  if (comparison === undefined) return;
  await noteOutcome(facts, definition.name, {
    runId: replacement.retrain.runId,
    at: asOf,
    by: `run ${runId}`,
    helped: comparison.improvement > 0,
    reason: `since it is champion: ${tellComparison(comparison)}`,
  });
}

async function findReplacement({
  definition,
  facts,
  asOf,
}: StepContext): Promise<Replacement | undefined> {
  const { name: model } = definition;
  const registry = createRegistry(facts);
  const [before, champion] = (await registry.history(model, 'champion')).slice(-2);
  if (!before || champion?.kind !== 'promotion' || asOf <= new Date(champion.at)) return undefined;
  const { runId } = await registry.version(model, champion.version);
  const { retrains } = await loopStateOf(facts, model);
  const retrain = retrains.find((known) => known.runId === runId && known.helped === undefined);
  const { version, at } = champion;
  return retrain && { retrain, version, before: before.version, since: new Date(at) };
}

/** Undefined while too few labels are in. */
async function compareWithBefore(
  { definition, objects, asOf, scratch }: StepContext,
  { version, before, since }: Replacement,
): Promise<Comparison | undefined> {
  const { features, target, monitors, name } = definition;
  const window = { from: since, to: asOf };
  const job = definition.serving.batch?.job ?? definition.trainer.job;
  const { columns, extra } = await withDuckDb(duckDbFor(job, scratch), async (connection) => {
    const at = { window, folder: scratch };
    const { table } = await openWindow(connection, objects, definition, { ...at, name: 'since' });
    await createLabels(connection, objects, definition, { ...at, table: 'since_labels' });
    const from = `(select * from ${table} join since_labels using (_id)
      where _variant = 'champion' and _version = ${version})`;
    const wanted = { label: '_label', output: '_output', decision: '_decision' };
    return readColumns(connection, { features, from, extra: wanted, orderBy: '_id' });
  });
  const { label, output, decision } = extra;
  const { minimumLabels, metric } = monitors.performance;
  if (!label || !output || !decision || label.length < minimumLabels) return undefined;
  const session = await openSession(await objects.get(layout.modelFile(name, before)));
  const other = await predictAll(session, columns);
  await session.release();
  return compareLabelled({
    metric,
    paired: true,
    challenger: { kind: target.kind, labels: label, outputs: output, decisions: decision },
    champion: { kind: target.kind, labels: label, ...decideAll(target, other) },
  });
}
