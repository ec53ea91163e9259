import type { Command } from 'commander';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unlessInterrupted, untilInterrupted } from '../laptop/interrupt.ts';
import { bootLaptop } from '../laptop/laptop.ts';
import { table, terminal } from '../terminal.ts';
import { openTour } from '../tour/open-tour.ts';
import { type PartSummary, walkTour } from '../tour/tour.ts';
import { toShare } from './options.ts';

export function demo(program: Command): void {
  program
    .command('demo')
    .description('walk the loop once on a region of its own, print a summary, leave nothing behind')
    .option('--sample <share>', 'share of the rows that training learns from', toShare, 0.2)
    .action(async ({ sample }: { sample: number }) => {
      terminal.say('\nThe loop, once\n');
      const stateFolder = mkdtempSync(join(tmpdir(), 'tidemill-demo-'));
      const interrupted = untilInterrupted();
      try {
        terminal.say(summary(await walk(stateFolder, sample, interrupted)));
      } finally {
        rmSync(stateFolder, { recursive: true, force: true });
      }
    });
}

async function walk(
  stateFolder: string,
  sample: number,
  interrupted: Promise<void>,
): Promise<PartSummary[]> {
  const laptop = await bootLaptop({ stateFolder, port: 0, terminal, strict: true });
  try {
    const context = await openTour(laptop.endpoint, sample);
    const tour = walkTour(context, terminal, join(stateFolder, 'tour.json'));
    return await unlessInterrupted(tour, interrupted);
  } finally {
    await laptop.stop();
  }
}

function summary(parts: readonly PartSummary[]): string {
  const rows = parts.map(({ title, count, unit, seconds, note }) => [
    title,
    count,
    unit,
    seconds.toFixed(1),
    note,
  ]);
  return `\n${table(['part', 'count', 'of', 'seconds', 'outcome'], rows)}\n`;
}
