import { describe, expect, it } from 'vitest';
import { parseEmbeddedMetrics } from '../../../../local/cloudwatch/embedded-metrics.ts';

const at = Date.UTC(2026, 0, 2, 3, 4, 5);

function line(
  members: Record<string, unknown>,
  metrics: unknown[],
  dimensions = [['Model']],
): string {
  return JSON.stringify({
    _aws: {
      Timestamp: at,
      CloudWatchMetrics: [{ Namespace: 'Tidemill', Dimensions: dimensions, Metrics: metrics }],
    },
    ...members,
  });
}

describe('parseEmbeddedMetrics', () => {
  it('takes values, units and dimensions from where the head points', () => {
    const text = line({ Model: 'churn', Rows: 12 }, [{ Name: 'Rows', Unit: 'Count' }]);

    expect(parseEmbeddedMetrics(text)).toEqual([
      {
        namespace: 'Tidemill',
        name: 'Rows',
        dimensions: { Model: 'churn' },
        value: 12,
        unit: 'Count',
        at: new Date(at),
      },
    ]);
  });

  it('takes every value of a list, under every set of dimensions', () => {
    const text = line({ Model: 'churn', Ms: [1, 2] }, [{ Name: 'Ms' }], [['Model'], []]);

    expect(parseEmbeddedMetrics(text).map(({ value, dimensions }) => [value, dimensions])).toEqual([
      [1, { Model: 'churn' }],
      [2, { Model: 'churn' }],
      [1, {}],
      [2, {}],
    ]);
  });

  it('leaves out a metric without a number and one without its dimension', () => {
    expect(
      parseEmbeddedMetrics(line({ Model: 'churn', Rows: 'many' }, [{ Name: 'Rows' }])),
    ).toEqual([]);
    expect(parseEmbeddedMetrics(line({ Rows: 3 }, [{ Name: 'Rows' }]))).toEqual([]);
  });

  it.each(['plain words', '{"CloudWatchMetrics": broken', '{"_aws":{"CloudWatchMetrics":1}}'])(
    'finds nothing in %s',
    (text) => {
      expect(parseEmbeddedMetrics(text)).toEqual([]);
    },
  );
});
