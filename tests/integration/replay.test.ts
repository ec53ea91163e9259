import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReplayReport } from '../../cli/replay/report.ts';

const projectRoot = join(import.meta.dirname, '../..');

/** Three weeks of flights behind four of history; a Monday's training among them. */
const PERIOD = ['--from', '2001-01-01', '--to', '2001-02-18', '--history', '28'];

/** Runs the command as a person would. @returns what it printed; rejects if it failed */
function replay(out: string, ...more: readonly string[]): Promise<string> {
  const command = [join(projectRoot, 'cli/tidemill.mjs'), 'replay', 'flight-delay', ...PERIOD];
  const child = spawn(process.execPath, [...command, '--out', out, ...more], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  }
  return new Promise((resolve, reject) => {
    child.on('exit', (code) => (code === 0 ? resolve(said) : reject(new Error(said))));
  });
}

describe('a replay of three weeks', () => {
  let folder: string;
  let said: string;
  let report: ReplayReport;

  const reportIn = (name: string): string =>
    readFileSync(join(folder, name, 'replay.json'), 'utf8');

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tidemill-test-replay-'));
    said = await replay(join(folder, 'first'), '--events', '4000', '--every', '12');
    report = JSON.parse(reportIn('first')) as ReplayReport;
  }, 600_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('predicts every event once, and takes each label when it is known', () => {
    expect(report.events).toBeGreaterThan(3900);
    expect(report.events).toBeLessThan(4100);
    expect(report.predictions).toBe(report.events);
    // Flights that are in the air at the end, and land after it.
    expect(report.labels).toBeLessThan(report.events);
    expect(report.labels).toBeGreaterThan(report.events * 0.97);
    expect(report.periods.at(-1)).toMatchObject({ period: 'all', rows: report.events });
    expect(report.periods.slice(0, -1).map(({ period }) => period)).toEqual([
      '2001-01-29',
      '2001-02-05',
      '2001-02-12',
    ]);
  });

  it('puts a day into the dataset when its last label is in, and none before', () => {
    // 28 days of history and 21 of events, of which the last one or two are not complete.
    expect(report.days).toBeGreaterThanOrEqual(47);
    expect(report.days).toBeLessThan(49);
  });

  it('tells what happened in order: a first version, then trainings and monitors on schedule', () => {
    const times = report.timeline.map(({ at }) => at);
    expect(times).toEqual(times.toSorted());
    expect(times[0]).toBe('2001-01-29T00:00:00.000Z');
    expect(times.at(-1)?.slice(0, 7)).toBe('2001-02');
    const runs = report.timeline
      .filter(({ kind }) => kind === 'run')
      .map(({ at, text }) => `${at.slice(5, 16)} ${text}`);
    const scheduled = runs.filter((text) => text.includes('train for schedule'));
    expect(scheduled.map((text) => text.slice(0, 11))).toEqual([
      '01-29T04:00',
      '02-05T04:00',
      '02-12T04:00',
    ]);
    expect(report.timeline.some(({ kind }) => kind === 'monitor')).toBe(true);
    const promoted = report.timeline.find(({ kind }) => kind === 'alias');
    expect(promoted).toMatchObject({ at: '2001-01-29T00:00:00.000Z', version: 1 });
  });

  it('compares with the first version on the same rows, in a chart and on a page', () => {
    const ofFirst = report.periods.filter(({ versions }) => versions.join() === '1');
    expect(ofFirst.length).toBeGreaterThan(0);
    // What the stream answered is what the file says, to the float.
    for (const { given, frozen } of ofFirst) {
      expect(given?.value).toBeCloseTo(frozen?.value ?? Number.NaN, 6);
      expect(given?.calibration).toBeCloseTo(frozen?.calibration ?? Number.NaN, 6);
    }
    expect(said).toContain('without retraining');
    const page = readFileSync(join(folder, 'first', 'replay.html'), 'utf8');
    expect(page).toContain('<svg');
    expect(page).not.toMatch(/(?:src|href)="?https?:/);
  });

  it('is the same to the byte when it is done twice, even side by side', async () => {
    const small = ['--to', '2001-02-01', '--events', '800', '--every', '12'];
    await Promise.all(['one', 'other'].map((name) => replay(join(folder, name), ...small)));

    expect(reportIn('other')).toBe(reportIn('one'));
    expect(JSON.parse(reportIn('one'))).toMatchObject({ firstVersion: 1, seed: 17 });
  }, 600_000);
});
