import { describe, expect, it } from 'vitest';
import { chartOf } from '../../../../cli/replay/chart.ts';
import { renderReplayPage } from '../../../../cli/replay/page.ts';
import { measurePeriods } from '../../../../cli/replay/periods.ts';
import type { ReplayReport } from '../../../../cli/replay/report.ts';

const DAY_MS = 86_400_000;
const START = Date.parse('2001-02-27T00:00:00Z');

/** Two rows a day, one of each label; the newest version ranks them right, the first wrong. */
function answersOver(days: number) {
  const rows = Array.from({ length: days * 2 }, (_, row) => ({
    time: START + Math.floor(row / 2) * DAY_MS,
    label: row % 2,
  }));
  const of = (value: (row: { time: number; label: number }) => number): Float64Array =>
    Float64Array.from(rows, value);
  const labelled = (outputs: Float64Array) => ({
    kind: 'binary' as const,
    labels: of(({ label }) => label),
    outputs,
    decisions: outputs.map((output) => Number(output >= 0.5)),
  });
  return {
    span: { from: START, to: START + days * DAY_MS },
    time: of(({ time }) => time),
    version: of(({ time }) => (time < Date.parse('2001-03-15T00:00:00Z') ? 1 : 3)),
    given: labelled(of(({ label }) => (label === 1 ? 0.9 : 0.1))),
    frozen: labelled(of(({ label }) => (label === 1 ? 0.2 : 0.8))),
  };
}

describe('the quality of answers by period', () => {
  it('is told by month where there are many, and for the whole', () => {
    const periods = measurePeriods(answersOver(90));

    expect(periods.map(({ period, rows }) => [period, rows])).toEqual([
      ['2001-02', 4],
      ['2001-03', 62],
      ['2001-04', 60],
      ['2001-05', 54],
      ['all', 180],
    ]);
    expect(periods[1]).toMatchObject({ metric: 'auc', versions: [1, 3] });
    expect(periods[2]?.given).toMatchObject({ value: 1 });
    expect(periods[2]?.frozen).toMatchObject({ value: 0 });
    // 0.9 where all are positive, 0.1 where none is: off by a tenth.
    expect(periods[2]?.given?.calibration).toBeCloseTo(0.1, 12);
    expect(periods[2]?.frozen?.calibration).toBeCloseTo(0.8, 12);
  });

  it('is told by week, from Monday on, where there are few', () => {
    const periods = measurePeriods(answersOver(10));

    // 27 February 2001 was a Tuesday.
    expect(periods.map(({ period }) => period)).toEqual(['2001-02-26', '2001-03-05', 'all']);
  });

  it('is told without the metric where labels are all the same', () => {
    const { given, ...rest } = answersOver(10);
    const same = { ...given, labels: given.labels.map(() => 1) };

    const [first] = measurePeriods({ ...rest, given: same, frozen: same });

    expect(first).not.toHaveProperty('given');
    expect(first?.rows).toBe(12);
  });

  it('is drawn for a terminal, a line a period', () => {
    const lines = chartOf(measurePeriods(answersOver(90))).split('\n');

    expect(lines).toHaveLength(6);
    expect(lines[0]).toContain('0.0000');
    expect(lines[2]).toMatch(/^2001-03 +62 +● 1\.0000 +○ 0\.0000 +○·{30}● .* 1, 3$/);
  });

  it('is drawn as a page that needs nothing but itself', () => {
    const report: ReplayReport = {
      model: 'parcels',
      from: '2001-01-01',
      to: '2001-05-27',
      seed: 17,
      share: 1,
      firstVersion: 1,
      events: 180,
      predictions: 180,
      labels: 180,
      days: 90,
      periods: measurePeriods(answersOver(90)),
      timeline: [
        { at: '2001-03-15T04:00:00.000Z', kind: 'alias', text: 'champion was put on <3>' },
      ],
    };

    const page = renderReplayPage(report);

    expect(page).toContain('auc 1.0000 with retraining, 0.0000 without');
    expect(page).toContain('2001-04');
    expect(page).toContain('champion was put on &lt;3&gt;');
    expect(page.match(/<polyline/g)).toHaveLength(4);
  });
});
