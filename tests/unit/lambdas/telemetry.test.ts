import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { functionTelemetry } from '../../../lambdas/telemetry.ts';

let lines: string[];

beforeEach(() => {
  lines = [];
  // Powertools prints by a console of its own.
  for (const channel of [process.stdout, process.stderr]) {
    vi.spyOn(channel, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  }
});
afterEach(() => vi.restoreAllMocks());

describe('functionTelemetry', () => {
  it('prints counts in embedded metric format, as of the moment of the event', () => {
    const telemetry = functionTelemetry('predict', 'flight-delay');

    telemetry.count('PredictedRows', 2);
    telemetry.publish(new Date('2001-05-01T12:00:00Z'));

    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      {
        _aws: {
          Timestamp: Date.UTC(2001, 4, 1, 12),
          CloudWatchMetrics: [
            {
              Namespace: 'Tidemill',
              Dimensions: [['service', 'model']],
              Metrics: [{ Name: 'PredictedRows', Unit: 'Count' }],
            },
          ],
        },
        service: 'predict',
        model: 'flight-delay',
        PredictedRows: 2,
      },
    ]);
  });

  it('prints nothing where nothing was counted', () => {
    functionTelemetry('predict', 'flight-delay').publish(new Date());

    expect(lines).toEqual([]);
  });
});
