import { describe, expect, it } from 'vitest';
import { parseAlarm, parseRequest, requestOfAlarm } from '../../../../core/pipeline/request.ts';

const request = { pipeline: 'train', asOf: '2001-05-01T04:00:00Z', trigger: 'schedule' };

/** As CloudWatch documents what it sends to a Lambda function that is an alarm's action. */
const alarm = (value: string) => ({
  source: 'aws.cloudwatch',
  alarmArn: 'arn:aws:cloudwatch:us-east-1:444455556666:alarm:drift',
  accountId: '444455556666',
  time: '2001-05-02T12:36:15.490+0000',
  region: 'us-east-1',
  alarmData: {
    alarmName: 'late-parcel drift',
    state: { value, reason: 'Threshold Crossed: 1 datapoint', timestamp: '2001-05-02' },
  },
});

describe('parseRequest', () => {
  it('reads a request, with no options where none are given', () => {
    expect(parseRequest(request)).toEqual({
      pipeline: 'train',
      asOf: new Date('2001-05-01T04:00:00Z'),
      trigger: 'schedule',
      options: {},
    });
  });

  it('takes an alarm that rings for a request to train, with its reason', () => {
    expect(requestOfAlarm(parseAlarm(alarm('ALARM'))!)).toEqual({
      pipeline: 'train',
      asOf: new Date('2001-05-02T12:36:15.490Z'),
      trigger: 'alarm',
      reason: 'late-parcel drift: Threshold Crossed: 1 datapoint',
      options: {},
    });
  });

  it('takes an uploaded object for a request to train on what there is then', () => {
    const event = {
      source: 'aws.s3',
      'detail-type': 'Object Created',
      time: '2001-05-02T12:36:15Z',
      detail: { object: { key: 'datasets/late-parcel/dt=2001-05-02/part-0.parquet' } },
    };
    expect(parseRequest(event)).toEqual({
      pipeline: 'train',
      asOf: new Date('2001-05-02T12:36:15Z'),
      trigger: 'upload',
      reason: "'datasets/late-parcel/dt=2001-05-02/part-0.parquet' was uploaded",
      options: {},
    });
    expect(() => parseRequest({ ...event, detail: {} })).toThrow('event is no pipeline request');
  });

  it.each([
    ['ALARM', true],
    ['OK', false],
    ['INSUFFICIENT_DATA', false],
  ])('reads that an alarm in state %s rings: %s', (state, isRinging) => {
    expect(parseAlarm(alarm(state))?.isRinging).toBe(isRinging);
    expect(parseAlarm(request)).toBeUndefined();
  });

  it.each([
    { wrong: 'pipeline', patch: { pipeline: 'deploy' } },
    { wrong: 'asOf', patch: { asOf: 'yesterday' } },
    { wrong: 'asOf', patch: { asOf: '2001-05-01T04:00:00' } },
    { wrong: 'trigger', patch: { trigger: 'a/b' } },
    { wrong: 'options', patch: { options: [] } },
  ])('fails on a wrong $wrong and shows a right request', ({ wrong, patch }) => {
    const parse = () => parseRequest({ ...request, ...patch });
    expect(parse).toThrow(`→ at ${wrong}`);
    expect(parse).toThrow('"pipeline": "train", "asOf": "2001-05-01T00:00:00Z"');
  });

  it.each([null, 'train', {}])('fails on the event %j', (event) => {
    expect(() => parseRequest(event)).toThrow('event is no pipeline request');
  });

  it('fails on an alarm that does not say which', () => {
    expect(() => parseAlarm({ source: 'aws.cloudwatch' })).toThrow('event is no pipeline request');
  });

  it.each([
    { pipeline: 'train', options: { sample: 0 }, wrong: 'sample' },
    { pipeline: 'train', options: { samples: 0.5 }, wrong: 'it knows: sample' },
    { pipeline: 'score', options: { day: '2001-02-30' }, wrong: 'day' },
    { pipeline: 'score', options: { version: 0 }, wrong: 'version' },
    { pipeline: 'monitor', options: { day: '2001-02-03' }, wrong: 'it knows: windowHours' },
  ])('fails on options $options of $pipeline', ({ pipeline, options, wrong }) => {
    expect(() => parseRequest({ ...request, pipeline, options })).toThrow(wrong);
  });
});
