import { describe, expect, it } from 'vitest';
import type { RingingAlarm } from '../../../core/aws/alarm-book.ts';
import { createHandler } from '../../../lambdas/notify.ts';
import { memoryObjects } from '../../fakes/memory-objects.ts';

/** As CloudWatch calls a function for an alarm on others. */
const RING = {
  source: 'aws.cloudwatch',
  alarmArn: 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:tidemill-dev-flight-delay-quality',
  time: '2001-05-02T03:01:00.000+0000',
  alarmData: {
    alarmName: 'tidemill-dev-flight-delay-quality',
    state: { value: 'ALARM', reason: 'drift rings', timestamp: '2001-05-02T03:00:00.000+0000' },
    configuration: {
      description: 'What the model gets is not as it was.',
      alarmRule:
        '(ALARM("arn:aws:cloudwatch:us-east-1:000000000000:alarm:tidemill-dev-flight-delay-drift")' +
        ' OR ALARM("tidemill-dev-flight-delay-missing"))',
    },
  },
};

const DRIFT: RingingAlarm = {
  name: 'tidemill-dev-flight-delay-drift',
  since: new Date('2001-05-02T03:00:00Z'),
  reason: 'Threshold Crossed: 0.31 was greater than 0.25',
  description: 'A feature has drifted.',
};

async function told(ringing: readonly RingingAlarm[], keys: readonly string[] = []) {
  const objects = memoryObjects();
  for (const key of keys) objects.objects.set(key, Buffer.from('page'));
  const said: { subject: string; message: string }[] = [];
  const handle = createHandler({
    alarms: { ringing: async (names) => ringing.filter(({ name }) => names.includes(name)) },
    objects,
    prefix: 'tidemill-dev-',
    tell: async (subject, message) => void said.push({ subject, message }),
    addressOf: (key) => `s3://mill/${key}`,
  });
  await handle(RING);
  return said;
}

describe('the function that calls people', () => {
  it('says once which of the alarms behind the one that called ring', async () => {
    const other = { ...DRIFT, name: 'tidemill-dev-flight-delay-predict-errors' };

    const said = await told([DRIFT, other]);

    expect(said).toHaveLength(1);
    expect(said[0]?.subject).toBe('tidemill-dev-flight-delay-quality: 1 alarm rings');
    expect(said[0]?.message).toContain('0.31 was greater than 0.25');
    expect(said[0]?.message).not.toContain('predict-errors');
  });

  it('calls also where all is over by the time it looks', async () => {
    const [only] = await told([]);

    expect(only?.message).toContain(
      'tidemill-dev-flight-delay-quality, since 2001-05-02 03:00 UTC',
    );
    expect(only?.message).toContain('drift rings');
  });

  it("ends with the newest report of the model's own", async () => {
    const [only] = await told(
      [DRIFT],
      [
        'reports/flight-delay/2001-05-01T230000Z-24h/report.html',
        'reports/flight-delay/2001-05-02T020000Z-24h/report.html',
        'reports/flight-delay/2001-05-02T020000Z-24h/report.json',
        'reports/other/2001-05-02T030000Z-24h/report.html',
      ],
    );

    expect(only?.message.split('\n').at(-1)).toBe(
      'Newest report: s3://mill/reports/flight-delay/2001-05-02T020000Z-24h/report.html',
    );
  });

  it('fails on an event that is no alarm, saying what is wrong', async () => {
    const handle = createHandler({
      alarms: { ringing: async () => [] },
      objects: memoryObjects(),
      prefix: '',
      tell: async () => {},
      addressOf: String,
    });

    await expect(handle({ source: 'aws.s3' })).rejects.toThrow('no change of an alarm');
  });
});
