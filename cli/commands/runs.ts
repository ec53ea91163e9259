import type { Command } from 'commander';
import { dynamoFacts } from '../../core/aws/dynamodb-facts.ts';
import { createRuns, type RunSummary } from '../../core/runs/runs.ts';
import { compareRuns } from '../actions/compare-runs.ts';
import { openTarget } from '../target.ts';
import { table, terminal } from '../terminal.ts';
import { stageOption, type StageChoice, toCount } from './options.ts';

interface RunsChoice extends StageChoice {
  readonly filter?: string;
  readonly sort?: string;
  readonly limit: number;
  readonly compare?: string[] | true;
  readonly json?: true;
}

export function runs(program: Command): void {
  program
    .command('runs <model>')
    .description('the runs of a model: filtered, sorted, compared')
    .option('--filter <filter>', 'such as: metrics.auc > 0.7 and params.leaves = 63')
    .option('--sort <order>', 'such as: metrics.auc desc; the newest start first without it')
    .option('--limit <number>', 'most runs to show', toCount, 50)
    .option('--compare [runs...]', 'show side by side what differs; of these runs, or all found')
    .option('--json', 'as JSON, one run a line')
    .addOption(stageOption())
    .action(async (model: string, { stage, compare, json, ...search }: RunsChoice) => {
      const target = await openTarget(stage === undefined ? {} : { stage });
      const found = await createRuns(dynamoFacts(target.output('TableName'))).searchRuns(
        model,
        Array.isArray(compare) ? { ...search, limit: Infinity } : search,
      );
      if (json) for (const run of found) terminal.say(JSON.stringify(run));
      else if (compare === undefined) terminal.say(list(found));
      else terminal.say(compareRuns(Array.isArray(compare) ? pick(found, model, compare) : found));
    });
}

function list(found: readonly RunSummary[]): string {
  const rows = found.map((run) => [
    run.runId,
    run.trigger,
    run.status,
    run.vcpuSeconds,
    run.failure ?? measured(run),
  ]);
  return table(['run', 'trigger', 'status', 'vCPU-s', 'outcome'], rows);
}

const SHOWN = 6;

/** How good a model is comes first. */
const FIRST = ['auc', 'accuracy', 'log-loss', 'rmse', 'mae'];

function place(name: string): number {
  return FIRST.indexOf(name) + 1 || FIRST.length + 1;
}

function measured({ metrics }: RunSummary): string {
  return Object.entries(metrics)
    .toSorted(([a], [b]) => place(a) - place(b))
    .slice(0, SHOWN)
    .map(([name, value]) => `${name} ${Number(value.toFixed(4))}`)
    .join('  ');
}

/** @throws {RangeError} if a run is not among those found */
function pick(found: readonly RunSummary[], model: string, ids: readonly string[]): RunSummary[] {
  return ids.map((id) => {
    const run = found.find(({ runId }) => runId === id);
    if (run !== undefined) return run;
    throw new RangeError(`run '${id}' of '${model}' was not found; see: tidemill runs ${model}`);
  });
}
