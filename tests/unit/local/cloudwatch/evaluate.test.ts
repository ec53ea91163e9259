import { describe, expect, it } from 'vitest';
import type { AlarmState, Condition } from '../../../../local/cloudwatch/alarm.ts';
import { judge } from '../../../../local/cloudwatch/evaluate.ts';

const END = Date.UTC(2026, 10, 24, 20, 5);

function condition(change: Partial<Condition> = {}): Condition {
  return {
    queries: [],
    periodSeconds: 60,
    evaluationPeriods: 3,
    datapointsToAlarm: 3,
    threshold: 0.5,
    comparison: 'GreaterThanThreshold',
    missingData: 'missing',
    ...change,
  };
}

/** Datapoints of the last minutes, oldest first: X breaches, 0 does not, - is missing. */
function points(picture: string): Map<number, number> {
  const marks = picture.split(' ');
  return new Map(
    marks
      .map((mark, index) => [END - (marks.length - index) * 60_000, mark] as const)
      .filter(([, mark]) => mark !== '-')
      .map(([time, mark]) => [time, mark === 'X' ? 1 : 0]),
  );
}

const STAYS = 'INSUFFICIENT_DATA' satisfies AlarmState;
const stateOf = (picture: string, change: Partial<Condition>) =>
  judge(condition(change), points(picture), END, STAYS)?.state ?? 'stays';

describe('judge', () => {
  // the table of "How alarms treat missing data" in the CloudWatch user guide, three of three
  it.each([
    { picture: '0 - X - X', missing: 'OK', ignore: 'OK', breaching: 'OK', notBreaching: 'OK' },
    { picture: '- - - - 0', missing: 'OK', ignore: 'OK', breaching: 'OK', notBreaching: 'OK' },
    {
      picture: '- - - - -',
      missing: 'INSUFFICIENT_DATA',
      ignore: 'stays',
      breaching: 'ALARM',
      notBreaching: 'OK',
    },
    {
      picture: '0 X X - X',
      missing: 'ALARM',
      ignore: 'ALARM',
      breaching: 'ALARM',
      notBreaching: 'ALARM',
    },
    {
      picture: '- - X - -',
      missing: 'ALARM',
      ignore: 'stays',
      breaching: 'ALARM',
      notBreaching: 'OK',
    },
  ])('with three of three, $picture', ({ picture, ...expected }) => {
    for (const [missingData, state] of Object.entries(expected)) {
      expect([missingData, stateOf(picture, { missingData } as Partial<Condition>)]).toEqual([
        missingData,
        state,
      ]);
    }
  });

  // the same page's table for two of three
  it.each([
    { picture: '0 - X - X', missing: 'ALARM', ignore: 'ALARM', breaching: 'ALARM' },
    { picture: '0 0 X 0 X', missing: 'ALARM', ignore: 'ALARM', breaching: 'ALARM' },
    { picture: '0 - X - -', missing: 'OK', ignore: 'OK', breaching: 'ALARM' },
    { picture: '- - - - 0', missing: 'OK', ignore: 'OK', breaching: 'ALARM' },
  ])('with two of three, $picture', ({ picture, ...expected }) => {
    for (const [missingData, state] of Object.entries(expected)) {
      const change = { missingData, datapointsToAlarm: 2 } as Partial<Condition>;
      expect([missingData, stateOf(picture, change)]).toEqual([missingData, state]);
    }
  });

  it('does not take one early datapoint for three', () => {
    expect(stateOf('- - - - X', {})).toBe('stays');
  });

  it.each([
    { comparison: 'GreaterThanThreshold', expected: 'OK' },
    { comparison: 'GreaterThanOrEqualToThreshold', expected: 'ALARM' },
    { comparison: 'LessThanThreshold', expected: 'OK' },
    { comparison: 'LessThanOrEqualToThreshold', expected: 'ALARM' },
  ] as const)(
    'of a value at the threshold, $comparison says $expected',
    ({ comparison, expected }) => {
      const change = { comparison, threshold: 1, evaluationPeriods: 1, datapointsToAlarm: 1 };
      expect(stateOf('X', change)).toBe(expected);
    },
  );

  it('gives its reason as CloudWatch words it', () => {
    const one = condition({ evaluationPeriods: 1, datapointsToAlarm: 1 });

    expect(judge(one, points('X'), END, 'OK')?.reason).toBe(
      'Threshold Crossed: 1 out of the last 1 datapoints [1.0 (24/11/26 20:04:00)] was greater than ' +
        'the threshold (0.5) (minimum 1 datapoint for OK -> ALARM transition).',
    );
    expect(judge(one, points('0'), END, 'ALARM')?.reason).toContain(
      'was not greater than the threshold (0.5) (minimum 1 datapoint for ALARM -> OK transition)',
    );
    expect(judge({ ...one, missingData: 'notBreaching' }, new Map(), END, 'ALARM')?.reason).toBe(
      'Threshold Crossed: no datapoints were received for 1 period and ' +
        '1 missing datapoint was treated as [NonBreaching].',
    );
    expect(judge(condition(), new Map(), END, 'OK')?.reason).toBe(
      'Insufficient Data: 3 datapoints were unknown.',
    );
  });
});
