/** The main job: the whole loop with the flights that ship, once, part by part. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { count, type Report, type Terminal } from '../terminal.ts';
import { labelEvents } from './label-events.ts';
import { loadFlights } from './load-flights.ts';
import { monitorToday } from './monitor-today.ts';
import { predictOne } from './predict-one.ts';
import { scoreDay } from './score-day.ts';
import { streamEvents } from './stream-events.ts';
import type { TourContext } from './context.ts';
import { trainModel } from './train-model.ts';

/** What a part of the tour did, for the summary. */
export interface PartResult {
  readonly count: number;
  readonly unit: string;
  readonly note: string;
}

export interface Part {
  readonly title: string;
  run(context: TourContext, report: Report): Promise<PartResult>;
}

export interface PartSummary extends PartResult {
  readonly title: string;
  readonly seconds: number;
}

const PARTS: readonly Part[] = [
  loadFlights,
  trainModel,
  predictOne,
  streamEvents,
  labelEvents,
  scoreDay,
  monitorToday,
];

/**
 * Walks the parts that `progressFile` does not yet list, so that a tour which was cut off goes on
 * where it stopped.
 *
 * @throws whatever a part throws; the parts before it stay done
 */
export async function walkTour(
  context: TourContext,
  terminal: Terminal,
  progressFile: string,
): Promise<PartSummary[]> {
  const done = existsSync(progressFile) ? readSummaries(progressFile) : [];
  for (const part of PARTS) {
    if (done.some(({ title }) => title === part.title)) continue;
    const start = performance.now();
    const result = await terminal.step(
      part.title,
      (report) => part.run(context, report),
      (outcome) => `${count(outcome.count)} ${outcome.unit}${outcome.note && `, ${outcome.note}`}`,
    );
    done.push({ title: part.title, ...result, seconds: (performance.now() - start) / 1000 });
    writeFileSync(progressFile, JSON.stringify(done, null, 2));
  }
  return done;
}

function readSummaries(file: string): PartSummary[] {
  const summaries: PartSummary[] = JSON.parse(readFileSync(file, 'utf8'));
  return summaries;
}
