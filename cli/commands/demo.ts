import type { Command } from 'commander';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootLaptop } from '../laptop/laptop.ts';
import { openTour } from '../tour/open-tour.ts';
import { walkTour } from '../tour/tour.ts';
import { table, terminal } from '../terminal.ts';

export function demo(program: Command): void {
  program
    .command('demo')
    .description('walk the loop once on a region of its own, print a summary, leave nothing behind')
    .option('--sample <share>', 'share of the rows that training learns from', Number, 0.2)
    .action(async ({ sample }: { sample: number }) => {
      terminal.say('\nThe loop, once\n');
      const stateFolder = mkdtempSync(join(tmpdir(), 'tidemill-demo-'));
      const laptop = await bootLaptop({ stateFolder, port: 0, terminal });
      try {
        const parts = await walkTour(
          await openTour(laptop.endpoint, sample),
          terminal,
          join(stateFolder, 'tour.json'),
        );
        const rows = parts.map((part) => [
          part.title,
          part.count,
          part.unit,
          part.seconds.toFixed(1),
          part.note,
        ]);
        terminal.say(`\n${table(['part', 'count', 'of', 'seconds', 'outcome'], rows)}\n`);
      } finally {
        await laptop.stop();
        rmSync(stateFolder, { recursive: true, force: true });
      }
    });
}
