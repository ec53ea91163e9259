import { describe, expect, it } from 'vitest';
import { parseExpression } from '../../../../local/cloudwatch/expression.ts';
import { evaluateExpression, type MathValue } from '../../../../local/cloudwatch/metric-math.ts';

/** Three minutes; `errors` has no value in the second. */
const scope = {
  series: new Map([
    [
      'errors',
      new Map([
        [0, 1],
        [120_000, 3],
      ]),
    ],
    [
      'calls',
      new Map([
        [0, 10],
        [60_000, 20],
        [120_000, 30],
      ]),
    ],
  ]),
  metricIds: ['errors', 'calls'],
  times: [0, 60_000, 120_000],
  periodSeconds: 60,
};

function worth(text: string): unknown {
  const value: MathValue = evaluateExpression(parseExpression(text), scope);
  if (typeof value === 'number' || Array.isArray(value)) return value;
  return scope.times.map((time) => (value as ReadonlyMap<number, number>).get(time));
}

describe('metric math', () => {
  it.each([
    { text: '2 + 3 * 4 - -1', expected: 15 },
    { text: '(2 + 3) * 4 / 8', expected: 2.5 },
    { text: '2 ^ 3', expected: 8 },
    { text: '1 > 2 OR 3 >= 3 AND 1', expected: 1 },
    { text: '100 * errors / calls', expected: [10, undefined, 10] },
    { text: 'FILL(errors, 0) / calls', expected: [0.1, 0, 0.1] },
    { text: 'FILL(errors, REPEAT)', expected: [1, 1, 3] },
    { text: 'IF(calls > 15, calls, 0)', expected: [0, 20, 30] },
    { text: 'IF(calls > 15, errors)', expected: [undefined, undefined, 3] },
    { text: 'SUM(calls)', expected: 60 },
    { text: 'calls / MAX(calls)', expected: [10 / 30, 20 / 30, 1] },
    { text: 'SUM([errors, calls])', expected: [11, 20, 33] },
    { text: 'MIN(METRICS())', expected: [1, 20, 3] },
    { text: 'AVG([errors, calls])', expected: [5.5, 20, 16.5] },
    { text: 'calls / PERIOD(calls)', expected: [10 / 60, 20 / 60, 0.5] },
    { text: 'calls / (errors - errors)', expected: [undefined, undefined, undefined] },
  ])('$text is $expected', ({ text, expected }) => {
    expect(worth(text)).toEqual(expected);
  });

  it.each([
    {
      text: '1 +',
      message: /'1 \+' has ended where a metric, a number or a function was expected/,
    },
    { text: 'SUM(calls', message: /has ended where ',' was expected/ },
    { text: 'calls calls', message: /has 'calls' where the end was expected/ },
    { text: 'calls ; 1', message: /cannot be read at ' ; 1'/ },
    { text: 'nobody + 1', message: /'nobody' is no metric \(there are: errors, calls\)/ },
    { text: 'RATE(calls)', message: /function 'RATE' is not known here; there are: SUM/ },
  ])('fails on $text and says where', ({ text, message }) => {
    expect(() => worth(text)).toThrow(message);
  });
});
