/** Many things with many numbers each: an axis a number, a line a thing. */
import { figure } from './chart-frame.ts';
import { html, shown, type Html } from './html.ts';

export interface ParallelCoordinates {
  readonly title: string;
  readonly axes: readonly Axis[];
  readonly lines: readonly ParallelLine[];
}

export interface Axis {
  readonly name: string;
  /** What is larger stands lower. @default false */
  readonly reversed?: boolean;
}

export interface ParallelLine {
  readonly name: string;
  /** One an axis; a line leaves out the axes that it has no value on. */
  readonly values: readonly (number | undefined)[];
  /** How good it is among all, 0 to 1; the better, the stronger its colour. */
  readonly rank: number;
  /** Set off from the others. @default false */
  readonly marked?: boolean;
}

const HEIGHT = 280;
const TOP = 44;
const BOTTOM = 22;
const SIDE = 60;
const WIDEST = 940;
const LONGEST_STEP = 250;

/** Axes with few values have them evenly spread, others are linear. */
export function parallelCoordinates({ title, axes, lines }: ParallelCoordinates): Html {
  const steps = Math.max(1, axes.length - 1);
  const step = Math.min(LONGEST_STEP, Math.floor((WIDEST - 2 * SIDE) / steps));
  const width = 2 * SIDE + steps * step;
  const places = axes.map((axis, at) => placeOf(axis, valuesOf(lines, at)));
  const x = (at: number): number => SIDE + at * step;
  // The marked ones are drawn last, on top of the others.
  const drawn = lines.toSorted(
    (a, b) => Number(a.marked ?? false) - Number(b.marked ?? false) || a.rank - b.rank,
  );
  const body = html`
    ${axes.map(
      ({ name }, at) =>
        html`<line class="axis" x1="${x(at)}" x2="${x(at)}" y1="${TOP}" y2="${HEIGHT - BOTTOM}" />
          <text class="head" x="${x(at)}" y="${TOP - 22}" text-anchor="middle">${name}</text>`,
    )}
    ${drawn.map((line) => drawLine(line, places, x))}
    ${places.flatMap(({ ticks }, at) =>
      ticks.map(
        ([value, y]) =>
          html`<text
            class="halo"
            x="${x(at) + (at === steps ? 7 : -7)}"
            y="${y + 4}"
            text-anchor="${at === steps ? 'start' : 'end'}"
          >
            ${shown(value)}
          </text>`,
      ),
    )}
  `;
  return figure({ title, body }, { width, height: HEIGHT });
}

function drawLine(
  { name, values, rank, marked = false }: ParallelLine,
  places: readonly Place[],
  x: (at: number) => number,
): Html {
  const points = values.flatMap((value, at) =>
    value === undefined ? [] : [`${x(at)},${places[at]!.of(value)}`],
  );
  const kind = marked ? 'series1 strong' : 'series0';
  const opacity = marked ? 1 : Math.round((0.15 + 0.6 * rank) * 100) / 100;
  return html`<polyline
    class="line ${kind}"
    points="${points.join(' ')}"
    stroke-opacity="${opacity}"
    ><title>${name}</title></polyline
  >`;
}

interface Place {
  readonly of: (value: number) => number;
  readonly ticks: readonly (readonly [value: number, y: number])[];
}

const MOST_NAMED = 6;

function placeOf({ reversed = false }: Axis, values: readonly number[]): Place {
  const ends = [HEIGHT - BOTTOM - 8, TOP + 8] as const;
  const [low, high] = reversed ? [ends[1], ends[0]] : ends;
  const named = [...new Set(values)].toSorted((a, b) => a - b);
  const isFew = named.length <= MOST_NAMED;
  const [first = 0, last = first] = [named[0], named.at(-1)];
  const shareOf = (value: number): number => {
    if (named.length < 2) return 0.5;
    return isFew ? named.indexOf(value) / (named.length - 1) : (value - first) / (last - first);
  };
  const of = (value: number): number => Math.round((low + shareOf(value) * (high - low)) * 10) / 10;
  const ticks = isFew ? named : [first, last];
  return { of, ticks: ticks.map((value) => [value, of(value)] as const) };
}

function valuesOf(lines: readonly ParallelLine[], at: number): number[] {
  return lines.flatMap(({ values }) => values[at] ?? []);
}
