import { describe, expect, it } from 'vitest';
import type { Columns } from '../../../../core/data/columns.ts';
import { profileNumbers, profileOf, type ReferenceProfile } from '../../../../core/data/profile.ts';
import { renderMonitorPage } from '../../../../core/monitor/page.ts';
import { reportOn, type MonitorReport } from '../../../../core/monitor/report.ts';
import type { WindowRows } from '../../../../core/monitor/window.ts';
import { parcels } from '../../../fakes/parcels.ts';

const window = {
  from: new Date('2001-01-01T00:00:00Z'),
  to: new Date('2001-01-02T00:00:00Z'),
};

interface Row {
  readonly weight?: number;
  readonly depot?: string;
  readonly output?: number;
  readonly label?: number;
  readonly version?: number;
}

/** A day of parcels: weights go round from 0 to 49.9, outputs from 0 to 0.99. */
function rowsOf(count: number, change: (row: number) => Row = () => ({})): WindowRows {
  const rows = Array.from({ length: count }, (_, row) => ({
    weight: (row % 500) / 10,
    depot: 'A',
    output: (row % 100) / 100,
    label: NaN,
    version: 1,
    ...change(row),
  }));
  const dictionary = [...new Set(rows.map(({ depot }) => depot))];
  const columns: Columns = {
    rows: count,
    numbers: { weight: Float32Array.from(rows, ({ weight }) => weight) },
    categories: {
      depot: { dictionary, codes: Int32Array.from(rows, ({ depot }) => dictionary.indexOf(depot)) },
    },
    times: {
      sent: Float64Array.from(rows, (_, row) => window.from.getTime() + (row * 86_400_000) / count),
    },
    target: new Float64Array(0),
  };
  return {
    columns,
    version: Float64Array.from(rows, ({ version }) => version),
    output: Float64Array.from(rows, ({ output }) => output),
    label: Float64Array.from(rows, ({ label }) => label),
  };
}

const reference = rowsOf(1000);
const profile: ReferenceProfile = {
  model: 'late-parcel',
  runId: 'run-1',
  ...profileOf(reference.columns, parcels),
  predictions: profileNumbers(reference.output),
  metrics: { auc: 0.7 },
};

const report = (rows: WindowRows): MonitorReport =>
  reportOn({ definition: parcels, version: 1, profile, window, rows });

describe('reportOn', () => {
  it('finds nothing in rows like those of training', () => {
    expect(report(reference)).toMatchObject({ rows: 1000, findings: [], missingShare: 0 });
  });

  it('names every feature that is missing, out of range, or has new values too often', () => {
    const { findings, missingShare, outOfRangeShare, unseenShare, quality } = report(
      rowsOf(1000, (row) => {
        if (row < 20) return { weight: NaN };
        if (row < 50) return { weight: 51 };
        return row < 90 ? { depot: 'Z' } : {};
      }),
    );
    expect({ missingShare, outOfRangeShare, unseenShare }).toEqual({
      missingShare: 0.02,
      outOfRangeShare: 0.03,
      unseenShare: 0.04,
    });
    expect(findings).toEqual([
      'weight: 0.020 of the rows have no value, above 0.01',
      'weight: 0.030 of the rows are out of range, above 0.01',
      'depot: 0.040 of the rows have a value that training never saw, above 0.02',
    ]);
    expect(quality.find(({ feature }) => feature === 'depot')?.unseen).toEqual(['Z']);
  });

  it('finds a feature and predictions that drifted', () => {
    const { findings, maximumDrift, drift } = report(
      rowsOf(1000, () => ({ weight: 49, output: 0.9 })),
    );
    expect(drift[0]?.feature).toBe('weight');
    expect(maximumDrift).toBe(drift[0]?.statistic);
    expect(findings.map((finding) => finding.split(':')[0])).toEqual(['weight', 'prediction']);
  });

  it('does not judge quality and drift of fewer rows than declared', () => {
    const { notJudged, findings } = report(rowsOf(99, () => ({ weight: 49, output: 0.9 })));
    expect(notJudged).toBe('there are 99 rows, and 100 are needed');
    expect(findings).toEqual([]);
  });

  it('finds performance below its limit', () => {
    // labels against the outputs' own order are ranked wrong throughout
    const { performance, findings } = report(
      rowsOf(1000, (row) => ({ label: row % 100 < 50 ? 1 : 0 })),
    );
    expect(performance).toMatchObject({ value: 0, reference: 0.7, good: false, labels: 1000 });
    expect(findings).toEqual(['auc is 0.0000 on 1000 labels, worse than 0.6']);
  });

  it.each([
    { why: '99 labels are in, and 100 are needed', label: (row: number) => (row < 99 ? 1 : NaN) },
    { why: 'auc is not defined for these labels', label: () => 1 },
  ])('does not judge performance when $why', ({ why, label }) => {
    const { performance, findings } = report(rowsOf(1000, (row) => ({ label: label(row) })));
    expect(performance).toMatchObject({ value: null, notJudged: why, good: true });
    expect(findings).toEqual([]);
  });

  it("leaves other versions' predictions out of prediction drift and performance", () => {
    const other = report(rowsOf(1000, () => ({ version: 2, output: 0.9, label: 1 })));
    expect(other).not.toHaveProperty('predictionDrift');
    expect(other).toMatchObject({ rows: 1000, labelledRows: 0 });
  });
});

describe('renderMonitorPage', () => {
  it('shows the verdict, and reference beside current for every feature', () => {
    const page = renderMonitorPage(report(rowsOf(1000, () => ({ weight: 49 }))));
    expect(page).toContain('1 things to look at');
    expect(page.indexOf('weight: PSI')).toBeLessThan(page.indexOf('depot: PSI'));
    expect(page).not.toMatch(/https?:|<script|<link/);
  });

  it('shows values as text, whatever is in them', () => {
    const page = renderMonitorPage(
      report(rowsOf(1000, (row) => (row < 30 ? { depot: '<script>alert(1)</script>' } : {}))),
    );
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page).not.toContain('<script>');
  });
});
