/** Small charts as inline SVG. */
import type { Series } from './metric-math.ts';

export interface SparklineOptions {
  /** The span that the width stands for, epoch milliseconds. */
  readonly start: number;
  readonly end: number;
  readonly width: number;
  readonly height: number;
}

/** One colour a line, told apart by people who do not see all colours (Okabe and Ito, 2008). */
export const LINE_COLORS = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#e69f00',
  '#56b4e9',
] as const;

/** Draws series over each other, scaled together to the height; a lone point is a dot. */
export function sparkline(lines: readonly Series[], options: SparklineOptions): string {
  const { width, height } = options;
  const values = lines.flatMap((line) => [...line.values()]);
  const low = Math.min(0, ...values);
  const high = Math.max(low + Number.EPSILON, ...values);
  const x = (time: number): string =>
    (((time - options.start) / (options.end - options.start)) * width).toFixed(1);
  const y = (value: number): string =>
    (height - 2 - ((value - low) / (high - low)) * (height - 4)).toFixed(1);

  const drawn = lines.map((line, index) => {
    const points = [...line]
      .toSorted(([a], [b]) => a - b)
      .map(([time, value]) => [x(time), y(value)]);
    const color = LINE_COLORS[index % LINE_COLORS.length];
    const [only] = points;
    if (only === undefined) return '';
    if (points.length === 1) {
      return `<circle cx="${only[0]}" cy="${only[1]}" r="2" fill="${color}"/>`;
    }
    const path = points.map((point) => point.join(',')).join(' ');
    return `<polyline points="${path}" fill="none" stroke="${color}" stroke-width="1.5"/>`;
  });
  return (
    `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">` +
    `${drawn.join('')}</svg>`
  );
}
