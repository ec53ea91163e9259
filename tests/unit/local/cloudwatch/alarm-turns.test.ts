import { array, assert, constantFrom, integer, property, record } from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAlarm } from '../../../../local/cloudwatch/alarm.ts';
import { AlarmTurns } from '../../../../local/cloudwatch/alarm-turns.ts';
import { evaluate } from '../../../../local/cloudwatch/evaluate.ts';
import { MetricStore } from '../../../../local/cloudwatch/metric-store.ts';
import { createVirtualClock } from '../scheduler/virtual-clock.ts';

const MINUTE_MS = 60_000;
const START = Date.parse('2001-03-01T00:00:00Z');

/** A value, when it is put, and how old it is then. */
const Put = record({
  afterMinutes: integer({ min: 0, max: 90 }),
  agoMinutes: integer({ min: 0, max: 20 }),
  value: constantFrom(0, 5),
});

const Shape = record({
  period: constantFrom(60, 300, 900),
  periods: integer({ min: 1, max: 4 }),
  needed: integer({ min: 1, max: 4 }),
  missing: constantFrom('missing', 'ignore', 'breaching', 'notBreaching'),
});

function alarmOf(shape: { period: number; periods: number; needed: number; missing: string }) {
  return readAlarm('errors', 'arn:errors', {
    Namespace: 'T',
    MetricName: 'Errors',
    Statistic: 'Maximum',
    Period: shape.period,
    EvaluationPeriods: shape.periods,
    DatapointsToAlarm: Math.min(shape.needed, shape.periods),
    Threshold: 1,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: shape.missing,
  });
}

const put = (store: MetricStore, value: number, at: number) =>
  store.put({ namespace: 'T', name: 'Errors', dimensions: {}, value, at: new Date(at) });

describe('turns of alarms', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidemill-turns-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('find every change of state that looking each minute finds, and at the same time', () => {
    assert(
      property(array(Put, { maxLength: 6 }), Shape, (puts, shape) => {
        const clock = createVirtualClock(new Date(START).toISOString());
        const store = new MetricStore(mkdtempSync(join(folder, 'm-')), () => clock.now());
        const alarm = alarmOf(shape);
        const changes = { turns: [] as string[], minutes: [] as string[] };
        const states = { turns: 'INSUFFICIENT_DATA', minutes: 'INSUFFICIENT_DATA' };
        const look = (how: 'turns' | 'minutes'): void => {
          const state = states[how] as 'OK';
          const verdict = evaluate(alarm.condition, store, clock.now(), state);
          if (verdict === undefined || verdict.state === state) return;
          states[how] = verdict.state;
          changes[how].push(`${clock.now().toISOString()} ${verdict.state}`);
        };
        const turns = new AlarmTurns({
          clock,
          metrics: store,
          everySeconds: 60,
          evaluate: (due) => due.forEach(() => look('turns')),
        });
        turns.add(alarm);
        for (const { afterMinutes, agoMinutes, value } of puts) {
          const at = START + afterMinutes * MINUTE_MS + 30_000;
          clock.at(new Date(at), () => put(store, value, at - agoMinutes * MINUTE_MS));
        }
        turns.start();
        look('minutes');
        for (let minute = 1; minute <= 160; minute += 1) {
          clock.advanceTo(new Date(START + minute * MINUTE_MS).toISOString());
          look('minutes');
        }
        turns.stop();
        store.close();
        expect(changes.turns).toEqual(changes.minutes);
      }),
      { numRuns: 10, seed: 7 },
    );
  });

  it('come to rest when nothing is measured', () => {
    const clock = createVirtualClock(new Date(START).toISOString());
    const store = new MetricStore(folder, () => clock.now());
    let evaluations = 0;
    const turns = new AlarmTurns({
      clock,
      metrics: store,
      everySeconds: 10,
      evaluate: (due) => void (evaluations += due.length),
    });
    turns.add(alarmOf({ period: 60, periods: 1, needed: 1, missing: 'ignore' }));
    turns.start();
    put(store, 3, START);

    clock.advanceTo(new Date(START + 180 * 86_400_000).toISOString());
    store.close();

    // At the start, when the minute is over, and when its value moves on, three periods long.
    expect(evaluations).toBe(5);
  });
});
