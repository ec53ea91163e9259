import type { Command } from 'commander';
import { join } from 'node:path';
import { bootLaptop } from '../laptop/laptop.ts';
import { defaultStateFolder } from '../laptop/state.ts';
import { whatIsWhere } from '../tour/what-is-where.ts';
import { openTour } from '../tour/open-tour.ts';
import { walkTour } from '../tour/tour.ts';
import { terminal } from '../terminal.ts';

export function start(program: Command): void {
  program
    .command('start')
    .description('run the whole stack on this machine; the first time, walk the loop once')
    .option('--port <number>', 'port of the region', Number, 4566)
    .option(
      '--sample <share>',
      'share of the rows that the first training learns from',
      Number,
      0.2,
    )
    .action(async ({ port, sample }: { port: number; sample: number }) => {
      terminal.say('\nTidemill on this machine\n');
      const stateFolder = defaultStateFolder;
      const laptop = await bootLaptop({ stateFolder, port, terminal });
      const interrupted = untilInterrupted();
      const context = await openTour(laptop.endpoint, sample);
      const walked = walkTour(context, terminal, join(stateFolder, 'tour.json'));
      await Promise.race([interrupted, walked]);
      terminal.say(await whatIsWhere(context, laptop.endpoint));
      await interrupted;
      terminal.say('\nStopping; everything is kept in .tidemill/');
      await laptop.stop();
      process.exit(0);
    });
}

function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
