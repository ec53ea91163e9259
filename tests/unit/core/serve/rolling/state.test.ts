import { describe, expect, it } from 'vitest';
import { rollingGroups, type RollingGroup } from '../../../../../core/model/rolling-features.ts';
import { EntityState, type Contribution } from '../../../../../core/serve/rolling/state.ts';
import { markOf } from '../../../../../core/serve/rolling/rolling-values.ts';
import { rolling } from '../../../../fakes/rolling-flights.ts';

const group = rollingGroups(rolling)[0]!;

function event(id: string, bucket: number): Contribution {
  return { kind: 'event', mark: markOf(id), bucket, values: { '': 1 } };
}

function label(id: string, bucket: number, value: number): Contribution {
  return { kind: 'label', mark: markOf(id), bucket, values: { label: value } };
}

/** As the table keeps it between two batches. */
function kept(state: EntityState, of: RollingGroup = group): EntityState {
  return new EntityState(of, state.toText());
}

describe('EntityState', () => {
  it('counts what lies in the window, and neither its own bucket nor what is older', () => {
    const state = new EntityState(group);
    for (const bucket of [39, 40, 99, 100]) state.add(event(`at ${bucket}`, bucket));

    // [40, 100): an hour of minutes, the row's own left out.
    expect(kept(state).valuesAt(100)['departures_1h']).toBe(2);
    expect(kept(state).valuesAt(101)['departures_1h']).toBe(2);
  });

  it('knows the mean and the least label, and of none how many there were', () => {
    const state = new EntityState(group);
    state.add(label('a', 10, 30));
    state.add(label('b', 11, -10));

    expect(kept(state).valuesAt(12)).toMatchObject({
      mean_delay_1h: 10,
      least_delay_1h: -10,
      labels_10m: 2,
    });
    expect(kept(state).valuesAt(11)).toMatchObject({ mean_delay_1h: 30, labels_10m: 1 });
    expect(kept(state).valuesAt(10)).toMatchObject({ mean_delay_1h: null, labels_10m: 0 });
  });

  it('counts an id once, but an event and its label apart', () => {
    const state = new EntityState(group);

    expect(state.add(event('a', 10))).toBe(true);
    expect(kept(state).add(event('a', 10))).toBe(false);
    expect(kept(state).add(label('a', 12, 5))).toBe(true);
    state.add(label('a', 12, 5));
    expect(kept(state).add(label('a', 20, 5))).toBe(false);
  });

  it('counts a late event from when it came, so that nothing told before would be otherwise', () => {
    const state = new EntityState(group);
    state.add(event('first', 50));
    const before = state.valuesAt(50);

    expect(state.add(event('late', 45))).toBe(true);

    expect(state.valuesAt(50)).toEqual(before);
    expect(state.valuesAt(51)['departures_1h']).toBe(2);
  });

  it('counts nothing that is later than the longest window, and tells it nothing', () => {
    const state = new EntityState(group);
    state.add(event('first', 200));

    expect(state.add(event('old', 139))).toBe(false);
    expect(state.valuesAt(139)['departures_1h']).toBeNull();
    expect(state.add(event('late', 140))).toBe(true);
  });

  it('stays small, however long events and labels come', () => {
    const state = new EntityState(group);
    let text = '';
    for (let bucket = 0; bucket < 2000; bucket++) {
      state.add(event(`event ${bucket}`, bucket));
      state.add(label(`label ${bucket}`, bucket, bucket));
      text = state.toText();
    }
    // Two windows of sums and one of marks, some twenty characters a bucket of each.
    expect(text.length).toBeLessThan(120 * 20 * 2 + 60 * 20 * 2);

    const silent = new EntityState(group);
    for (let bucket = 0; bucket < 2000; bucket++) silent.add(label(`${bucket}`, bucket, 1));
    expect(silent.toText().length).toBeLessThan(text.length * 2);
    expect(kept(silent).valuesAt(1500)['mean_delay_1h']).toBeNull();
    expect(kept(silent).valuesAt(2000)['mean_delay_1h']).toBe(1);
  });

  it('keeps the newest marks of an entity that has too many', () => {
    const state = new EntityState(group);
    for (let at = 0; at < 25_000; at++) state.add(event(`event ${at}`, at < 15_000 ? 100 : 101));

    expect(kept(state).add(event('event 24999', 101))).toBe(false);
    expect(state.toText().length).toBeLessThan(200_000);
  });

  it('is needed for two windows after its newest bucket', () => {
    const state = new EntityState(group);
    state.add(event('a', 10));

    expect(state.neededUntil).toBe((11 + 120) * 60_000);
  });
});
