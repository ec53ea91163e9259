import { expect, it } from 'vitest';
import { compareRuns } from '../../../cli/actions/compare-runs.ts';
import type { RunSummary } from '../../../core/runs/runs.ts';

const run: RunSummary = {
  runId: 'a',
  pipeline: 'train',
  trigger: 'manual',
  status: 'finished',
  startedAt: '2001-05-07T04:00:00.000Z',
  asOf: '2001-05-07T04:00:00.000Z',
  parameters: { leaves: 31, trees: 200 },
  metrics: { auc: 0.7123456 },
  tags: { outcome: 'champion' },
  vcpuSeconds: 3,
};

it('shows every metric, and of the rest only what differs', () => {
  const other = { ...run, runId: 'b', parameters: { leaves: 63, trees: 200 }, tags: {} };
  const lines = compareRuns([run, other])
    .split('\n')
    .map((line) => line.split(/\s{2,}/));
  expect(lines).toEqual([
    ['', 'a', 'b'],
    ['metrics.auc', '0.712346', '0.712346'],
    ['params.leaves', '31', '63'],
    ['tags.outcome', 'champion', '–'],
  ]);
});
