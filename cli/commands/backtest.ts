import type { Command } from 'commander';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dynamoFacts } from '../../core/aws/dynamodb-facts.ts';
import { s3Objects } from '../../core/aws/s3-objects.ts';
import { type Backtest, backtest as run } from '../../core/backtest/backtest.ts';
import { bestOf, cellsOf, HEAD, renderBacktest } from '../../core/backtest/page.ts';
import { createRegistry } from '../../core/registry/registry.ts';
import { createRuns } from '../../core/runs/runs.ts';
import { loadModel } from '../../models/index.ts';
import { openTarget } from '../target.ts';
import { table, terminal } from '../terminal.ts';
import { stageOption, type StageChoice, toMoment, toShare } from './options.ts';

interface BacktestChoice extends StageChoice {
  readonly from: Date;
  readonly to: Date;
  readonly sample: number;
  readonly html: string;
}

export function backtest(program: Command): void {
  program
    .command('backtest <model>')
    .description('play policies of alarms and retraining over the past, and compare them')
    .requiredOption('--from <time>', 'first day, such as 2001-05-01', toMoment)
    .requiredOption('--to <time>', 'the day after the last', toMoment)
    .option('--sample <share>', 'share of the rows to score', toShare, 0.2)
    .option('--html <file>', 'where the picture goes', 'backtest.html')
    .addOption(stageOption())
    .action(play);
}

async function play(name: string, choice: BacktestChoice): Promise<void> {
  const { stage, from, to, sample, html } = choice;
  const target = await openTarget(stage === undefined ? {} : { stage });
  const definition = await loadModel(name);
  const facts = dynamoFacts(target.output('TableName'));
  const stores = {
    objects: s3Objects(target.output('BucketName')),
    registry: createRegistry(facts),
    runs: createRuns(facts),
  };
  const folder = await mkdtemp(join(tmpdir(), 'tidemill-backtest-'));
  try {
    const found = await terminal.step(
      `backtest ${name}`,
      (report) => run(stores, definition, { from, to, sample, folder }, report),
      ({ days, versions, outcomes }) =>
        `${days.length} days, ${versions.length} versions, ${outcomes.length} policies`,
    );
    await writeFile(html, renderBacktest(found));
    sayPolicies(found, html);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function sayPolicies(found: Backtest, file: string): void {
  const best = bestOf(found);
  const rows = found.outcomes.map((outcome, at) => {
    const [policy = '', ...numbers] = cellsOf(outcome);
    const mark = outcome === best ? '*' : at === 0 ? '>' : ' ';
    return [`  ${mark} ${policy}`, ...numbers];
  });
  terminal.say(`\n${table(['    policy', ...HEAD.slice(1)], rows)}\n`);
  terminal.say(
    `  > as declared, * fewest retrains at as good a metric as any; the picture is ${file}`,
  );
}
