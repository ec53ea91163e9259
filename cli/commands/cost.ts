import type { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assume, type Assumptions } from '../../core/cost/assumptions.ts';
import { type BillLine, billOf } from '../../core/cost/bill.ts';
import { type Load, parseRate } from '../../core/cost/load.ts';
import { PRICES } from '../../core/cost/prices.ts';
import { sageMakerFor } from '../../core/cost/sagemaker.ts';
import { type Standing, standingOf, type Template } from '../../core/cost/standing.ts';
import { loadModel, loadModels } from '../../models/index.ts';
import { synthesize } from '../laptop/assembly.ts';
import { defaultStateFolder } from '../laptop/state.ts';
import { projectRoot } from '../project.ts';
import { dollars, table, terminal } from '../terminal.ts';

interface CostChoice {
  readonly rate: number;
  readonly stream: number;
  readonly batch: number;
  readonly assume: readonly string[];
}

export function cost(program: Command): void {
  program
    .command('cost [model]')
    .description('what the stack costs a month, idle and under a load, beside SageMaker')
    .option('--rate <rate>', 'requests to the endpoint, such as 10/s', parseRate, 0)
    .option('--stream <rate>', 'events of the stream, such as 100/s', parseRate, 0)
    .option('--batch <rate>', 'rows scored in batches, such as 1M/day', parseRate, 0)
    .option('--assume <name=value...>', 'change an assumption, such as predictMs=8', [])
    .action(async (name: string | undefined, { rate, stream, batch, ...choice }: CostChoice) => {
      const assumptions = assume(choice.assume);
      const definition = await (name === undefined ? firstModel() : loadModel(name));
      const load: Load = { online: rate, stream, batch: batch * 86_400 };
      const standing = await standingStack();
      const bill = billOf({ definition, standing, load, assumptions });
      terminal.say(page(bill, load, assumptions));
    });
}

async function firstModel() {
  const [first] = await loadModels();
  if (!first) throw new Error('there is no model in models/; add one, see docs/add-a-model.md');
  return first;
}

/** Off the template that a deploy would send. */
async function standingStack(): Promise<Standing> {
  const { folder } = await synthesize(projectRoot, join(defaultStateFolder, 'cdk.out'));
  const file = join(folder, 'tidemill-dev.template.json');
  const template: Template = JSON.parse(readFileSync(file, 'utf8'));
  return standingOf(template);
}

function page(bill: readonly BillLine[], load: Load, assumptions: Assumptions): string {
  const sum = (idle: boolean): number =>
    bill.filter((line) => line.idle === idle).reduce((total, { monthly }) => total + monthly, 0);
  const lines = (idle: boolean) =>
    bill
      .filter((line) => line.idle === idle)
      .map(({ service, what, monthly }) => [service, what, dollars(monthly)]);
  const rows = [
    ...lines(true),
    ['', 'idle', dollars(sum(true))],
    ...lines(false),
    ['', 'in all, a month', dollars(sum(true) + sum(false))],
  ];
  const alternatives = sageMakerFor(load, assumptions).map(({ what, idle, monthly }) => [
    what,
    dollars(idle),
    dollars(monthly),
  ]);
  return [
    '',
    table(['', '', '$ a month'], rows),
    '',
    table(['SageMaker for the requests alone', 'idle', '$ a month'], alternatives),
    '',
    `Prices of ${PRICES.region} as published on ${PRICES.asOf} (core/cost/prices.ts), without free tiers.`,
    `Assumed: ${Object.entries(assumptions)
      .map(([name, value]) => `${name}=${value}`)
      .join(' ')}`,
    'Change one with --assume name=value.',
  ].join('\n');
}
