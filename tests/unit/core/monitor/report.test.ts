import { describe, expect, it } from 'vitest';
import type { Columns } from '../../../../core/data/columns.ts';
import { profileNumbers, profileOf, type ReferenceProfile } from '../../../../core/data/profile.ts';
import { countNumbers } from '../../../../core/data/sketch.ts';
import { digestOf } from '../../../../core/monitor/digest.ts';
import type { History } from '../../../../core/monitor/history.ts';
import type { LabelledRows } from '../../../../core/monitor/labelled/influence.ts';
import { renderMonitorPage } from '../../../../core/monitor/page.ts';
import {
  type MonitorInput,
  type MonitorReport,
  reportOn,
} from '../../../../core/monitor/report.ts';
import { metricsOf } from '../../../../core/monitor/telemetry.ts';
import type { Monitor } from '../../../../core/monitor/verdicts.ts';
import { parcels } from '../../../fakes/parcels.ts';
import { summaryOf } from '../../../../core/monitor/summary-of.ts';

const window = {
  from: new Date('2001-01-01T00:00:00Z'),
  to: new Date('2001-01-02T00:00:00Z'),
};

interface Row {
  readonly weight?: number;
  readonly depot?: string;
  readonly output?: number;
  readonly label?: number;
}

/** A day of parcels: weights go round from 0 to 49.9, outputs from 0 to 0.99. */
function dayOf(count: number, change: (row: number) => Row = () => ({})) {
  const rows = Array.from({ length: count }, (_, row) => ({
    weight: (row % 500) / 10,
    depot: 'A',
    output: (row % 100) / 100,
    label: NaN,
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
  return { rows, columns };
}

type Day = ReturnType<typeof dayOf>;

const reference = dayOf(1000);
const outputsOf = ({ rows }: Day) => Float64Array.from(rows, ({ output }) => output);
const profile: ReferenceProfile = {
  model: 'late-parcel',
  runId: 'run-1',
  ...profileOf(reference.columns, parcels),
  predictions: profileNumbers(outputsOf(reference)),
  metrics: { auc: 0.7 },
};

function rowsOf(day: Day): LabelledRows {
  const rows = day.rows.filter(({ label }) => !Number.isNaN(label));
  return {
    kind: 'binary',
    labels: Float64Array.from(rows, ({ label }) => label),
    outputs: Float64Array.from(rows, ({ output }) => output),
    decisions: Float64Array.from(rows, ({ output }) => Number(output >= 0.5)),
  };
}

function inputOf(day: Day, change: Partial<MonitorInput> = {}): MonitorInput {
  const counter = countNumbers(profile.predictions.sketch!.edges);
  counter.add(outputsOf(day));
  const labelled = rowsOf(day);
  const { labels } = labelled;
  return {
    definition: parcels,
    version: 1,
    profile,
    window,
    counts: { broken: 0, duplicates: 0, champion: day.columns.rows, challenger: 0, shadow: 0 },
    summary: summaryOf(day.columns, parcels, profile),
    unreadable: {},
    predictions: counter.counted(),
    unlabelled: {
      kind: 'binary',
      outputs: outputsOf(day),
      decisions: outputsOf(day).map((output) => Number(output >= 0.5)),
    },
    newest: {
      labelled: { rows: labelled, slices: [{ feature: 'depot', value: 'A', rows: labelled }] },
      coverage: [
        {
          from: window.from.toISOString(),
          to: window.to.toISOString(),
          predictions: day.columns.rows,
          labelled: labels.length,
        },
      ],
      arrived: { ids: labels.length, repeated: 0, corrected: 0, wrong: 0 },
      records: 'current',
    },
    history: { line: [], sameHour: [] },
    moments: {
      asOf: window.to,
      championSince: undefined,
      trainedTo: undefined,
      newestDay: undefined,
    },
    ...change,
  };
}

const report = (day: Day, change?: Partial<MonitorInput>): MonitorReport =>
  reportOn(inputOf(day, change));

const verdict = ({ verdicts }: MonitorReport, monitor: Monitor) =>
  verdicts.find((one) => one.monitor === monitor);

/** Labels as probabilities say, without chance: of a hundred rows with 0.3, thirty are 1. */
const calibrated = (row: number): Row => ({
  label: Number((row % 100) / 100 > ((row * 37) % 1000) / 1000),
});

describe('reportOn', () => {
  it('finds nothing in rows like those of training', () => {
    expect(report(reference)).toMatchObject({ rows: 1000, findings: [] });
  });

  it('names every feature that is missing, out of range, unreadable, or has new values too often', () => {
    const found = report(
      dayOf(1000, (row) => {
        if (row < 20) return { weight: NaN };
        if (row < 50) return { weight: 51 };
        return row < 90 ? { depot: 'Z' } : {};
      }),
      { unreadable: { weight: 2 } },
    );
    expect(found.findings).toEqual([
      'weight: 0.002 of the rows have something else than was declared, above 0.001',
      'weight: 0.020 of the rows have no value, above 0.01',
      'weight: 0.030 of the rows are out of range, above 0.01',
      'depot: 0.040 of the rows have a value that training never saw, above 0.02',
    ]);
    expect(found.quality.find(({ feature }) => feature === 'depot')?.unseen).toEqual(['Z']);
    expect(metricsOf(found)).toMatchObject({
      MissingShare: { value: 0.02 },
      OutOfRangeShare: { value: 0.03 },
      UnseenShare: { value: 0.04 },
    });
  });

  it('finds records that repeat others, and lines that are none', () => {
    const counts = { broken: 3, duplicates: 100, champion: 1000, challenger: 0, shadow: 0 };
    const found = report(reference, { counts });
    // 3 of 1103 lines, where 0.001 of them may be broken
    expect(metricsOf(found)['UnreadableShare']?.value).toBeCloseTo(3 / 1103, 12);
    expect(found.findings).toEqual([
      '3 lines are no records',
      '100 of 1100 records repeat another one, above a share of 0.05',
    ]);
  });

  it('calls nobody about one broken line among thousands', () => {
    const counts = { broken: 1, duplicates: 0, champion: 1000, challenger: 0, shadow: 0 };
    expect(report(reference, { counts }).findings).toEqual([]);
  });

  it('finds a feature and predictions that drifted', () => {
    const found = report(dayOf(1000, () => ({ weight: 49, output: 0.9 })));
    expect(found.drift[0]?.feature).toBe('weight');
    expect(found.findings.map((finding) => finding.split(':')[0])).toEqual([
      'weight',
      'prediction',
    ]);
    const { MaximumDrift, PredictionDrift } = metricsOf(found);
    expect(MaximumDrift?.value).toBeGreaterThan(1);
    expect(PredictionDrift?.value).toBeGreaterThan(1);
  });

  it('does not judge quality and drift of fewer rows than declared', () => {
    const few = report(dayOf(99, () => ({ weight: 49, output: 0.9 })));
    expect(few.notJudged).toContain('99 rows, and 100 are needed; if that is usual, declare');
    expect(few.findings).toEqual([]);
    expect(metricsOf(few)).toEqual({
      CurrentRows: { value: 99, unit: 'Count' },
      LabelledRows: { value: 0, unit: 'Count' },
    });
  });

  it('does not judge the drift of a version that has no profile', () => {
    const found = report(dayOf(1000, calibrated), { profile: undefined, predictions: undefined });
    expect(verdict(found, 'drift')).toMatchObject({
      state: 'not judged',
      says: 'the version was trained elsewhere and has no reference profile',
    });
    expect(found.performance.limit).toBe(0.6);
  });

  it('finds performance that is surely below its limit', () => {
    // labels against the outputs' own order are ranked wrong throughout
    const found = report(dayOf(1000, (row) => ({ label: row % 100 < 50 ? 1 : 0 })));
    expect(found.performance).toMatchObject({ good: false, reference: 0.7, labels: 1000 });
    expect(found.findings).toEqual([
      'auc is 0.0000 (0.0000 to 0.0000) on 1000 labels, worse than 0.6000',
    ]);
    expect(metricsOf(found)['PerformanceShortfall']?.value).toBeCloseTo(0.6, 12);
  });

  it('lets performance pass that may be good enough', () => {
    // 100 labels, of which the interval reaches from below 0.6 to above it
    const found = report(
      dayOf(100, (row) => ({ label: Number((row * 37) % 100 < 20 + row * 0.6) })),
    );
    const { measured, good } = found.performance;
    expect(measured!.low).toBeLessThan(0.6);
    expect(measured!.high).toBeGreaterThan(0.6);
    expect(good).toBe(true);
    expect(metricsOf(found)['PerformanceShortfall']!.value).toBeLessThan(0);
    // the same labels tell nothing new
    expect(metricsOf(found, window.to.toISOString())).not.toHaveProperty('PerformanceShortfall');
  });

  it('finds a version that knows less than the baseline model', () => {
    const day = dayOf(1000, (row) => ({ ...calibrated(row), label: Number(row % 2 === 0) }));
    const labelled = rowsOf(day);
    const baseline = { ...labelled, outputs: labelled.labels.map((label) => 0.4 + label / 5) };
    const input = inputOf(day);
    const monitors = {
      ...parcels.monitors,
      performance: { ...parcels.monitors.performance, limit: 0.1 },
    };
    const found = reportOn({
      ...input,
      definition: { ...parcels, monitors },
      newest: { ...input.newest, labelled: { rows: labelled, baseline, slices: [] } },
    });
    expect(found.findings).toHaveLength(1);
    expect(found.findings[0]).toContain("worse than the baseline model's 1.0000");
  });

  it.each([
    { why: '99 labels are in, and 100 are needed', label: (row: number) => (row < 99 ? 1 : NaN) },
    { why: 'auc is not defined for these labels', label: () => 1 },
  ])('does not judge performance when $why', ({ why, label }) => {
    const found = report(dayOf(1000, (row) => ({ label: label(row) })));
    expect(found.performance).toMatchObject({ notJudged: why, good: true, shortfall: null });
    expect(found.findings).toEqual([]);
    expect(metricsOf(found)).not.toHaveProperty('Performance');
  });

  it('estimates performance, and believes it once labels have confirmed it', () => {
    const confirmed = report(dayOf(10_000, calibrated));
    expect(confirmed.estimate).toMatchObject({ metric: 'auc', doubts: [] });
    expect(confirmed.estimate?.check?.agrees).toBe(true);
    expect(Math.abs(confirmed.estimate!.check!.difference)).toBeLessThan(0.01);
    const unconfirmed = report(reference);
    expect(unconfirmed.estimate?.doubts).toEqual([
      'no labels have confirmed an estimate of this version yet',
    ]);
    expect(metricsOf(unconfirmed)).not.toHaveProperty('EstimatedPerformance');
  });

  it('does not believe an estimate that labels have refuted', () => {
    const refuted = report(dayOf(1000, (row) => ({ label: row % 2 })));
    expect(refuted.estimate?.check?.agrees).toBe(false);
    expect(verdict(refuted, 'estimated-performance')?.says).toContain('labels showed');
  });

  it('finds a champion and data that are too old, where that has a limit', () => {
    const staleness = { maximumChampionAgeDays: 5, maximumDataAgeHours: 24 };
    const found = report(reference, {
      definition: { ...parcels, monitors: { ...parcels.monitors, staleness } },
      moments: {
        asOf: window.to,
        championSince: '2000-12-23T00:00:00.000Z',
        trainedTo: '2000-12-22T00:00:00.000Z',
        newestDay: '2000-12-30',
      },
    });
    expect(found.findings).toEqual([
      'champion for 10 days, its data ends 11 days ago, above 5',
      'the newest partition ended 48 hours ago, above 24',
    ]);
    expect(metricsOf(found)).toMatchObject({ ChampionAge: { value: 10 }, DataAge: { value: 48 } });
    expect(metricsOf(report(reference))).not.toHaveProperty('ChampionAge');
  });
});

describe('renderMonitorPage', () => {
  const champions = [
    { at: '2000-12-31T00:00:00.000Z', version: 1, kind: 'promotion', reason: 'better' },
  ] as const;
  const refused = [{ at: '2000-12-30T00:00:00.000Z', version: 2, reason: 'no better' }];
  const page = (found: MonitorReport, history: History = { line: [], sameHour: [] }): string =>
    renderMonitorPage({ report: found, history, champions, refused });

  it('shows the verdict, and reference beside current for every feature', () => {
    const shown = page(report(dayOf(1000, () => ({ weight: 49 }))));
    expect(shown).toContain('1 thing to look at');
    expect(shown.indexOf('weight: psi')).toBeLessThan(shown.indexOf('depot: psi'));
    expect(shown).not.toMatch(/https?:|<script|<link/);
  });

  it('draws drift and performance over the windows before, with promotions marked', () => {
    const found = report(dayOf(1000, calibrated));
    const digest = digestOf(found);
    const before = [3, 2, 1].map((days) => {
      const to = new Date(window.to.getTime() - days * 86_400_000).toISOString();
      return Object.assign({}, digest, { asOf: to, performance: { ...digest.performance!, to } });
    });
    const shown = page(found, { line: before, sameHour: [] });
    expect(shown).toContain('auc over time');
    expect(shown).toContain('Drift over time');
    expect(shown).toContain('version 1<title>better</title>');
    expect(shown).toContain('✕ 2<title>version 2 was refused: no better</title>');
    expect(shown).toContain('class="mark faint"');
  });

  it('shows values as text, whatever is in them', () => {
    const shown = page(
      report(dayOf(1000, (row) => (row < 30 ? { depot: '<script>alert(1)</script>' } : {}))),
    );
    expect(shown).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(shown).not.toContain('<script>');
  });
});
