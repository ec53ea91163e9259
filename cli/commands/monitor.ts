import type { Command } from 'commander';
import { dynamoFacts } from '../../core/aws/dynamodb-facts.ts';
import { s3Objects } from '../../core/aws/s3-objects.ts';
import type { MonitorReport } from '../../core/monitor/report.ts';
import { readJson } from '../../core/pipeline/run-files.ts';
import { createRuns } from '../../core/runs/runs.ts';
import { followPipeline, startPipeline } from '../actions/pipelines.ts';
import { openTarget, type Target } from '../target.ts';
import { count, table, terminal } from '../terminal.ts';
import { asOfOption, type AsOfChoice, stageOption } from './options.ts';

interface MonitorChoice extends AsOfChoice {
  readonly window?: number;
  readonly publish?: boolean;
  readonly json?: boolean;
}

export function monitor(program: Command): void {
  program
    .command('monitor <model>')
    .description('judge the window that ends at the as-of with every monitor')
    .addOption(asOfOption())
    .option('--window <length>', 'length of the window, such as 6h or 7d', toHours)
    .option('--publish', 'let alarms and the loop hear of a window of the past')
    .option('--json', 'print the whole report')
    .addOption(stageOption())
    .action(run);
}

/** @throws {RangeError} if the text is no length in hours or days */
export function toHours(text: string): number {
  const match = /^(\d+)([hd])$/.exec(text);
  const hours = Number(match?.[1]) * (match?.[2] === 'd' ? 24 : 1);
  if (!(hours >= 1)) {
    throw new RangeError(`window '${text}' must be hours or days; for example 6h or 7d`);
  }
  return hours;
}

async function run(
  model: string,
  { stage, asOf, window, publish = asOf === undefined, json = false }: MonitorChoice,
): Promise<void> {
  const target = await openTarget(stage === undefined ? {} : { stage });
  const work = async (progress: (line: string) => void) => {
    const started = await startPipeline(target, model, {
      pipeline: 'monitor',
      asOf: (asOf ?? new Date()).toISOString(),
      options: {
        ...(window !== undefined && { windowHours: window }),
        // What rings now rings for what is now.
        ...(!publish && { publish }),
      },
    });
    await followPipeline(started, progress);
    return reportOf(target, model, started.runId);
  };
  if (json) {
    terminal.say(JSON.stringify((await work(() => {})).report, undefined, 2));
    return;
  }
  const { report, key } = await terminal.step(
    `monitor ${model}`,
    work,
    (found) => `${count(found.report.rows)} rows, version ${found.report.version}`,
  );
  terminal.say(`\n${verdictTable(report)}\n`);
  terminal.say(`  report  s3://${target.output('BucketName')}/${key}`);
}

async function reportOf(
  target: Target,
  model: string,
  runId: string,
): Promise<{ report: MonitorReport; key: string }> {
  const { tags } = await createRuns(dynamoFacts(target.output('TableName'))).getRun({
    model,
    runId,
  });
  const key = tags['report'] ?? '';
  const objects = s3Objects(target.output('BucketName'));
  return { report: await readJson(objects, key.replace(/html$/, 'json')), key };
}

const MARKS = { good: '✓', bad: '✗', 'not judged': '·' } as const;

/** What is wrong comes first; the order of monitors is kept else. */
function verdictTable({ verdicts }: MonitorReport): string {
  const rows = verdicts
    .toSorted((a, b) => Number(b.state === 'bad') - Number(a.state === 'bad'))
    .map(({ monitor: name, state, says }) => [`${MARKS[state]} ${name}`, state, says]);
  return table(['  monitor', 'verdict', 'what was found'], rows);
}
