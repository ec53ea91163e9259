import { describe, expect, it } from 'vitest';
import { parseFilter } from '../../../../core/runs/filter.ts';
import { parseSort } from '../../../../core/runs/search.ts';
import type { RunSummary } from '../../../../core/runs/summary.ts';

const run: RunSummary = {
  runId: 'train-1',
  pipeline: 'train',
  trigger: 'schedule',
  status: 'finished',
  startedAt: '2001-05-07T04:00:00.000Z',
  asOf: '2001-05-07T04:00:00.000Z',
  parameters: { leaves: 63, algorithm: 'linear', weighted: true },
  metrics: { auc: 0.73, 'baseline.auc': 0.6, 'log-loss': 0.4 },
  tags: { team: "ops' own", outcome: 'champion' },
  vcpuSeconds: 12,
};

describe('parseFilter', () => {
  it.each([
    ['', true],
    ['metrics.auc > 0.7 and params.leaves = 63', true],
    ['metrics.auc > 0.7 and params.leaves = 31', false],
    ['metrics.auc > 0.9 or params.leaves = 63', true],
    // 'and' binds closer than 'or'
    ['params.leaves = 63 or metrics.auc > 0.9 and metrics.auc > 0.9', true],
    ['(params.leaves = 63 or metrics.auc > 0.9) and metrics.auc > 0.9', false],
    ['not metrics.auc > 0.9', true],
    ['metrics.baseline.auc <= .6', true],
    ['metrics.log-loss >= 4e-1', true],
    ['metrics."log-loss" < 0.5 AND metric.`baseline.auc` != 0.5', true],
    ["params.leaves = '63'", true],
    ["params.algorithm = 'linear'", true],
    ['params.weighted = true', true],
    ["tags.team = 'ops'' own'", true],
    ["attributes.status = 'finished' and trigger != 'alarm'", true],
    ["startedAt >= '2001-05-07' and startedAt < '2001-05-08'", true],
    ["runId like 'train-%' and not runId like '%-2'", true],
    ["tags.outcome ilike 'CHAMP_ON'", true],
    ["tags.outcome in ('champion', 'challenger') and params.leaves in (31, 63)", true],
    ['params.leaves not in (31, 127)', true],
    ['vcpuSeconds < 20', true],
    // a run without a value is in no comparison of it
    ['metrics.rmse > 0', false],
    ['metrics.rmse <= 0', false],
    ['metrics.rmse is null and metrics.auc is not null', true],
    ['params.algorithm > 3', false],
  ])('%s: %s', (filter, expected) => {
    expect(parseFilter(filter)(run)).toBe(expected);
  });

  it.each([
    ['metrics.auc >', 14, "expected a number, true, false or text in quotes such as 'manual'"],
    ['metrics.auc 0.7', 13, 'expected one of = != < <= > >='],
    ['auc > 0.7', 1, 'expected one of metrics.<name>, params.<name>'],
    ['metrics.auc > 0.7 params.leaves = 1', 19, "expected 'and', 'or' or the end"],
    ["status = 'finished", 10, `''' is not understood here`],
    ['status = finished', 10, 'expected a number, true, false or text in quotes'],
    ['(metrics.auc > 0.7', 19, "expected ')'"],
    ['metrics.auc > 0.7 & params.x = 1', 19, `'&' is not understood here`],
    ['status in ()', 12, 'expected a number'],
  ])('fails on %s at character %i', (filter, character, problem) => {
    expect(() => parseFilter(filter)).toThrow(
      `filter is wrong at character ${character}: ${problem}`,
    );
  });
});

const sorted = (sort: string) =>
  [
    { ...run, runId: 'c', metrics: { auc: 0.7 } },
    { ...run, runId: 'a', metrics: {} },
    { ...run, runId: 'b', metrics: { auc: 0.8 } },
    { ...run, runId: 'd', metrics: { auc: 0.7 } },
  ]
    .toSorted(parseSort(sort))
    .map(({ runId }) => runId)
    .join('');

describe('parseSort', () => {
  it.each([
    ['metrics.auc desc', 'bcda'],
    ['metrics.auc', 'cdba'],
    ['metrics.auc desc, runId desc', 'bdca'],
    ['runId', 'abcd'],
  ])('orders by %s', (sort, expected) => {
    expect(sorted(sort)).toBe(expected);
  });

  it('fails on a field that is not there', () => {
    expect(() => parseSort('auc desc')).toThrow('order by one of metrics.<name>');
  });
});
