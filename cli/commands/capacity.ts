import type { Command } from 'commander';
import { assume } from '../../core/cost/assumptions.ts';
import { type BillLine, billOf } from '../../core/cost/bill.ts';
import { capacityFor } from '../../core/cost/capacity.ts';
import { parseRate } from '../../core/cost/load.ts';
import type { ModelDefinition } from '../../core/model/index.ts';
import { loadModel } from '../../models/index.ts';
import { count, dollars, table, terminal } from '../terminal.ts';

/** As Lambda gives every account, until it is asked for more. */
const USUAL_CONCURRENCY = 1000;

interface CapacityChoice {
  readonly rate: number;
  readonly assume: readonly string[];
}

export function capacity(program: Command): void {
  program
    .command('capacity <model>')
    .description('shards and calls at once that a rate of events needs, and what they cost a month')
    .requiredOption('--rate <rate>', 'events of the stream, such as 5000/s', parseRate)
    .option('--assume <name=value...>', 'change an assumption, such as eventBytes=2000', [])
    .action(async (name: string, { rate, ...choice }: CapacityChoice) => {
      const definition = await loadModel(name);
      const { stream } = definition.serving;
      if (!stream) {
        throw new Error(`model '${name}' serves no stream; add stream: {} to its serving`);
      }
      const assumptions = assume(choice.assume);
      const needed = capacityFor(rate, stream, assumptions);
      terminal.say(
        table(
          ['', ''],
          [
            ['shards of either stream', `${count(needed.shards)}, bound by ${needed.bound}`],
            ['calls of the consumer at once', concurrencyText(needed.concurrency)],
            ['events in a call', count(Math.round(needed.eventsPerCall))],
            ['events a second that a shard can do', count(Math.floor(needed.consumerRate))],
            ...billWith(definition, needed.shards, rate, choice.assume).map(
              ({ service, what, monthly }) => [
                `${service}: ${what}`,
                `$ ${dollars(monthly)} a month`,
              ],
            ),
          ],
        ),
      );
      terminal.say(`\n${verdict(stream.shards, needed.shards)}`);
    });
}

function concurrencyText(needed: number): string {
  return needed <= USUAL_CONCURRENCY
    ? count(needed)
    : `${count(needed)}; ask for more than the usual ${count(USUAL_CONCURRENCY)} of an account`;
}

/** What the stream alone costs, with as many shards as it needs. */
function billWith(
  definition: ModelDefinition,
  shards: number,
  rate: number,
  changes: readonly string[],
): BillLine[] {
  const { stream } = definition.serving;
  const serving = { ...definition.serving, ...(stream && { stream: { ...stream, shards } }) };
  return billOf({
    definition: { ...definition, serving, schedules: {} },
    standing: {
      shards: 2 * shards,
      alarmMetrics: 0,
      compositeAlarms: 0,
      dashboards: 0,
      metrics: 0,
      secrets: 0,
    },
    load: { online: 0, stream: rate, batch: 0 },
    assumptions: assume(changes),
  });
}

function verdict(declared: number, needed: number): string {
  if (declared >= needed) return `The ${declared} declared shards are enough.`;
  return `Declared are ${declared}: write stream: { shards: ${needed} } in its serving, and deploy.`;
}
