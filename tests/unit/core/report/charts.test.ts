import { describe, expect, it } from 'vitest';
import { barChart } from '../../../../core/report/bar-chart.ts';
import { rocCurve } from '../../../../core/report/curves.ts';
import { html, shown } from '../../../../core/report/html.ts';
import { lineChart } from '../../../../core/report/line-chart.ts';
import { linearScale, rangeOf } from '../../../../core/report/scale.ts';
import { table } from '../../../../core/report/table.ts';

describe('html', () => {
  it('takes text for text, and markup of its own for markup', () => {
    const { markup } = html`<p>${'a < b & "c"'} ${html`<b>${1}</b>`}${[html`<i></i>`]}</p>`;
    expect(markup).toBe('<p>a &lt; b &amp; &quot;c&quot; <b>1</b><i></i></p>');
  });
});

describe('shown', () => {
  it.each([
    [12_345, '12,345'],
    [0.123456, '0.1235'],
    [0.00000123, '1.2e-6'],
    [1234.5, '1,235'],
    [null, '–'],
    [NaN, '–'],
  ])('writes %s as %s', (value, text) => {
    expect(shown(value)).toBe(text);
  });
});

describe('linearScale', () => {
  it('places values between the ends, and marks round ones', () => {
    const scale = linearScale([0, 1], [100, 0]);
    expect(scale(0.25)).toBe(75);
    expect(scale.ticks).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  });

  it('puts the only value in the middle', () => {
    expect(linearScale([3, 3], [0, 10])(3)).toBe(5);
  });
});

describe('rangeOf', () => {
  it('leaves out what is not finite', () => {
    expect(rangeOf([2, NaN, -1, Infinity])).toEqual([-1, 2]);
    expect(rangeOf([])).toEqual([0, 1]);
  });
});

describe('rocCurve', () => {
  it('goes up first where the ranking is right, and takes ties in one step', () => {
    const labels = Float64Array.of(1, 1, 0, 0);
    expect(rocCurve(labels, Float64Array.of(0.9, 0.8, 0.2, 0.1))).toEqual([
      [0, 0],
      [0, 0.5],
      [0, 1],
      [0.5, 1],
      [1, 1],
    ]);
    expect(rocCurve(labels, Float64Array.of(0.5, 0.5, 0.5, 0.5))).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });

  it('keeps to about two hundred points, and ends at the end', () => {
    const labels = Float64Array.from({ length: 10_000 }, (_, row) => row % 2);
    const points = rocCurve(labels, Float64Array.from(labels.keys()));
    expect(points.length).toBeLessThanOrEqual(202);
    expect(points.at(-1)).toEqual([1, 1]);
  });
});

describe('charts', () => {
  it('draws a line through the points that are finite', () => {
    const { markup } = lineChart({
      title: 'loss',
      x: 'iteration',
      y: 'loss',
      series: [
        {
          name: 'training',
          points: [
            [0, 0],
            [1, NaN],
            [2, 1],
          ],
        },
      ],
    });
    // from the lower left corner of the plot to the upper right one
    expect(markup).toContain('points="52,220 408,12"');
  });

  it('draws two bars a bin', () => {
    const { markup } = barChart({
      title: 'depot',
      names: ['reference', 'current'],
      bins: [{ name: 'A', values: [0.5, 1] }],
    });
    expect(markup).toContain('reference: 50.0 %');
    expect(markup).toContain('current: 100.0 %');
  });

  it('marks a row of a table', () => {
    const { markup } = table(['Name', 'AUC'], [{ cells: ['a', 0.7], marked: true }]);
    expect(markup.replaceAll(/\s+/g, '')).toContain(
      '<trclass="marked"><td>a</td><td>0.7</td></tr>',
    );
  });
});
