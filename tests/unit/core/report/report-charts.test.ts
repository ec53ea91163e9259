import { describe, expect, it } from 'vitest';
import { precisionRecallCurve } from '../../../../core/report/curves.ts';
import { intervals } from '../../../../core/report/intervals.ts';
import { parallelCoordinates } from '../../../../core/report/parallel-coordinates.ts';
import { rankedBars } from '../../../../core/report/ranked-bars.ts';

describe('precisionRecallCurve', () => {
  it('has the precision at each recall, by hand', () => {
    // from the highest output down: 1, 0, 1, 0
    const points = precisionRecallCurve(
      Float64Array.of(0, 1, 0, 1),
      Float64Array.of(0.1, 0.4, 0.6, 0.8),
    );
    expect(points).toEqual([
      [0.5, 1],
      [0.5, 0.5],
      [1, 2 / 3],
      [1, 0.5],
    ]);
  });

  it('takes rows of the same output together', () => {
    const points = precisionRecallCurve(Float64Array.of(1, 0, 0, 1), new Float64Array(4));
    expect(points).toEqual([[1, 0.5]]);
  });
});

/** Heights of a line on the axes. */
function heightsOf(name: string, markup: string): number[] {
  const line = markup.split('<polyline').find((part) => part.includes(`>${name}<`)) ?? '';
  return [...line.matchAll(/,([\d.]+)/g)].map(([, y]) => Number(y));
}

describe('parallelCoordinates', () => {
  const { markup } = parallelCoordinates({
    title: 'Tried',
    axes: [{ name: 'leaves' }, { name: 'loss', reversed: true }],
    lines: [
      { name: 'worse', values: [31, 0.6], rank: 0 },
      { name: 'better', values: [63, 0.5], rank: 1, marked: true },
      { name: 'unmeasured', values: [15, undefined], rank: 0 },
    ],
  });

  it('draws a line for each, the marked one last and on top', () => {
    const names = [...markup.matchAll(/<title>(\w+)<\/title/g)].map(([, name]) => name);
    expect(names).toEqual(['worse', 'unmeasured', 'better']);
    expect(markup.match(/strong/g)).toHaveLength(1);
  });

  it('has what is better at the top of a reversed axis', () => {
    // y grows downwards: more leaves stand higher, and so does less loss.
    expect(heightsOf('better', markup)[0]).toBeLessThan(heightsOf('worse', markup)[0]!);
    expect(heightsOf('better', markup)[1]).toBeLessThan(heightsOf('worse', markup)[1]!);
    expect(heightsOf('unmeasured', markup)).toHaveLength(1);
  });
});

describe('rankedBars', () => {
  it('has the largest share first and as wide as there is room', () => {
    const { markup } = rankedBars({ small: 0.2, large: 0.8 });
    const widths = [...markup.matchAll(/<rect[^>]*?width="(\d+)"/gs)].map(([, width]) => width);
    expect(widths).toEqual(['320', '80']);
    expect(markup.indexOf('large')).toBeLessThan(markup.indexOf('small'));
  });
});

describe('intervals', () => {
  it('draws each with its zero and what was needed', () => {
    const { markup } = intervals('Improvement', [
      { name: 'over one', value: 0.1, low: 0.05, high: 0.2, needed: 0.05, good: true },
      { name: 'over <another>', value: -0.1, low: -0.2, high: 0.1, needed: 0, good: false },
    ]);
    expect(markup.match(/class="whisker (good|bad)"/g)).toEqual([
      'class="whisker good"',
      'class="whisker bad"',
    ]);
    expect(markup).toContain('over &lt;another&gt;');
    expect(markup.match(/class="zero"/g)).toHaveLength(1);
  });
});
