import { describe, expect, it } from 'vitest';
import { callFor } from '../../../../core/alarms/call.ts';

const drift = {
  name: 'tidemill-dev-churn-drift',
  since: new Date('2001-05-02T03:00:00Z'),
  reason: 'Threshold Crossed: 1 datapoint [0.31] was greater than the threshold (0.25).',
  description: 'A feature differs from training. See docs/runbook.md#drift',
};
const missing = { ...drift, name: 'tidemill-dev-churn-missing', since: new Date('2001-05-01') };

describe('callFor', () => {
  it('says of each alarm what, since when, how bad and what to do', () => {
    const { subject, text } = callFor({ rings: 'tidemill-dev-churn-quality', alarms: [drift] });

    expect(subject).toBe('tidemill-dev-churn-quality: 1 alarm rings');
    expect(text).toBe(
      [
        'tidemill-dev-churn-drift, since 2001-05-02 03:00 UTC',
        `  ${drift.reason}`,
        `  ${drift.description}`,
      ].join('\n'),
    );
  });

  it('begins with the one that rings longest, and ends with the report', () => {
    const { subject, text } = callFor({
      rings: 'tidemill-dev-churn-quality',
      alarms: [drift, missing],
      report: 's3://mill/reports/churn/2001-05-02T030000Z-24h/report.html',
    });

    expect(subject).toContain('2 alarms ring');
    expect(text.indexOf('churn-missing')).toBeLessThan(text.indexOf('churn-drift'));
    expect(text.split('\n').at(-1)).toBe(
      'Newest report: s3://mill/reports/churn/2001-05-02T030000Z-24h/report.html',
    );
  });
});
