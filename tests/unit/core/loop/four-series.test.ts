/** What the usual monitors and the usual policy make of four kinds of series, by labels a day. */
import { describe, expect, it } from 'vitest';
import { declineIn, type JudgedWindow } from '../../../../core/loop/decline.ts';
import { stateOf } from '../../../../core/loop/entries.ts';
import { refusalOf } from '../../../../core/loop/retraining.ts';
import { completeMonitors } from '../../../../core/model/monitors.ts';
import { completeRetraining } from '../../../../core/model/retraining.ts';
import type { LabelledRows } from '../../../../core/monitor/labelled/influence.ts';
import { measuredOf } from '../../../../core/monitor/labelled/judge.ts';
import { limitOf } from '../../../../core/monitor/performance.ts';
import { hashOf } from '../../../../core/train/random.ts';

const DAY_MS = 86_400_000;
const START = Date.UTC(2001, 0, 1);
const target = { kind: 'binary', column: 'late', atLeast: 1 } as const;
const monitors = completeMonitors({ gate: { metric: 'auc' }, target });
const { bad, of } = monitors.sustained;
const policy = {
  ...completeRetraining({}),
  model: 'late-parcel',
  rollsOut: false,
  labelsToLearnFrom: 1000,
};

/** A day of a world: what the logit is made of, and how much of that still holds. */
interface World {
  /** What is added to every logit: a season, or inputs that moved. */
  readonly shift?: number;
  /** 1: labels follow what the model says; 0: they do not; -1: they say the opposite. */
  readonly truth?: number;
}

const chance = (logit: number): number => 1 / (1 + Math.exp(-logit));

function rowsOf(seed: number, rows: number, { shift = 0, truth = 1 }: World): LabelledRows {
  const uniform = (at: number): number => (hashOf(seed, at) + 0.5) / 2 ** 32;
  const labels = new Float64Array(rows);
  const outputs = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    // Box and Muller's normal number
    const normal =
      Math.sqrt(-2 * Math.log(uniform(3 * row))) * Math.cos(2 * Math.PI * uniform(3 * row + 1));
    outputs[row] = chance(1.8 * normal + shift);
    labels[row] = Number(uniform(3 * row + 2) < chance(1.8 * normal * truth + shift));
  }
  return { kind: 'binary', labels, outputs, decisions: outputs.map(Math.round) };
}

const { value: reference } = measuredOf('auc', rowsOf(1, 20_000, {}))!;
/** What the whole interval of a bad window misses. */
const limit = limitOf(monitors.performance, reference)!;

const season = (day: number): World => ({
  shift: 0.5 * Math.sin((2 * Math.PI * day) / 365.25) - (day % 7 > 4 ? 0.3 : 0),
});

/** Days on which the alarm of performance rings, and those on which the policy lets it train. */
function play(days: number, worldOf: (day: number) => World, rows = 800) {
  const windows: JudgedWindow[] = [];
  const [rang, trains]: [number[], number[]] = [[], []];
  for (let day = 0; day < days; day++) {
    const { high } = measuredOf('auc', rowsOf(100 + day, rows, worldOf(day)))!;
    const [from, to] = [START + day * DAY_MS, START + (day + 1) * DAY_MS];
    const at = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
    windows.push({ ...at, version: 1, labels: rows, bad: high < limit });
    if (windows.slice(-of).filter((window) => window.bad).length < bad) continue;
    rang.push(day);
    const decline = declineIn(windows.slice(-60), monitors.sustained);
    const asked = { at: new Date(to), ...(decline && { decline }) };
    if (refusalOf(stateOf([]), policy, asked) === undefined) trains.push(day);
  }
  return { rang, trains };
}

describe('a model', () => {
  it('whose world changes for good rings within two days, and learns anew within a week', () => {
    const { rang, trains } = play(60, (day) => ({ truth: day < 30 ? 1 : 0.3 }));
    expect(rang[0]).toBe(31);
    // the change is seven days old at the end of day 36
    expect(trains[0]).toBe(36);
  });

  it('whose inputs move, and mean what they meant, trains never', () => {
    const { rang } = play(90, (day) => ({ shift: Math.min(1, day / 60) }));
    expect(rang).toEqual([]);
  });

  it('of three years with seasons and weekends calls nobody', () => {
    expect(play(1096, season, 500).rang).toEqual([]);
  });

  it.each([
    { what: 'labels are wrong', truth: -1 },
    { what: 'nothing holds', truth: 0 },
  ])('for which $what for four days tells people, and learns none of it', ({ truth }) => {
    const { rang, trains } = play(60, (day) => ({ truth: day >= 30 && day < 34 ? truth : 1 }));
    expect(rang).toEqual([31, 32, 33, 34]);
    expect(trains).toEqual([]);
  });
});
