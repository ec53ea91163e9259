import type { Command } from 'commander';
import { join } from 'node:path';
import { unlessInterrupted, untilInterrupted } from '../laptop/interrupt.ts';
import { bootLaptop } from '../laptop/laptop.ts';
import { defaultStateFolder } from '../laptop/state.ts';
import { terminal } from '../terminal.ts';
import { openTour } from '../tour/open-tour.ts';
import { walkTour } from '../tour/tour.ts';
import { whatIsWhere } from '../tour/what-is-where.ts';
import { toShare } from './options.ts';

interface StartChoice {
  readonly port: number;
  readonly sample: number;
  readonly strict?: true;
}

export function start(program: Command): void {
  program
    .command('start')
    .description('run the whole stack on this machine; the first time, walk the loop once')
    .option('--port <number>', 'port of the region', Number, 4566)
    .option('--sample <share>', 'share of the rows the first training learns from', toShare, 0.2)
    .option('--strict', 'refuse unsigned calls of endpoints whose access is iam, as AWS does')
    .action(async ({ port, sample, strict }: StartChoice) => {
      terminal.say('\nTidemill on this machine\n');
      const stateFolder = defaultStateFolder;
      const interrupted = untilInterrupted();
      const laptop = await bootLaptop({ stateFolder, port, terminal, strict: strict === true });
      try {
        const context = await openTour(laptop.endpoint, sample);
        const tour = walkTour(context, terminal, join(stateFolder, 'tour.json'));
        await unlessInterrupted(tour, interrupted);
        terminal.say(await whatIsWhere(context, laptop.endpoint));
        await interrupted;
        terminal.say('\nStopped; everything is kept in .tidemill/');
      } finally {
        await laptop.stop();
      }
    });
}
