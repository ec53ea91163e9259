import { describe, expect, it } from 'vitest';
import { chartsOf } from '../../../../local/cloudwatch/dashboards.ts';

describe('chartsOf', () => {
  it('spells out what a line repeats from the one above it', () => {
    const body = JSON.stringify({
      widgets: [
        { type: 'text', properties: { markdown: 'words' } },
        {
          type: 'metric',
          properties: {
            title: 'Rows',
            stat: 'Sum',
            period: 60,
            metrics: [
              ['Tidemill', 'Rows', 'Model', 'churn', { id: 'rows', visible: false }],
              ['.', 'Errors', '.', '.', { stat: 'p99' }],
              ['...', 'fraud'],
              [{ expression: 'rows / 60', label: 'per second' }],
            ],
          },
        },
      ],
    });

    const [chart, ...others] = chartsOf(body);

    expect(others).toEqual([]);
    expect(chart?.title).toBe('Rows');
    expect(chart?.queries.map(({ stat }) => stat)).toEqual([
      {
        metric: { namespace: 'Tidemill', name: 'Rows', dimensions: { Model: 'churn' } },
        statistic: 'Sum',
        periodSeconds: 60,
      },
      {
        metric: { namespace: 'Tidemill', name: 'Errors', dimensions: { Model: 'churn' } },
        statistic: 'p99',
        periodSeconds: 60,
      },
      {
        metric: { namespace: 'Tidemill', name: 'Errors', dimensions: { Model: 'fraud' } },
        statistic: 'Sum',
        periodSeconds: 60,
      },
      undefined,
    ]);
    expect(chart?.queries[0]).toMatchObject({ id: 'rows', returnData: false });
    expect(chart?.queries[3]).toMatchObject({ expression: 'rows / 60', label: 'per second' });
  });
});
