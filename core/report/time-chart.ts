/** Lines over time, with a limit, with what is sure about a value, and with what happened marked. */
import { figure, type Frame, level, round } from './chart-frame.ts';
import { html, shown, type Html } from './html.ts';
import { linearScale, rangeOf, type Scale } from './scale.ts';

export interface TimePoint {
  readonly at: Date;
  readonly value: number;
  /** Ends of what is sure about the value. */
  readonly low?: number;
  readonly high?: number;
}

export interface TimeSeries {
  readonly name: string;
  readonly points: readonly TimePoint[];
  readonly dashed?: boolean;
}

export interface Mark {
  readonly at: Date;
  /** A word beside its line, and what it means where the pointer rests. */
  readonly name: string;
  readonly meaning: string;
  /** Drawn faintly: something was tried, and all stayed as it was. @default false */
  readonly changesNothing?: boolean;
}

export interface TimeChart {
  readonly title: string;
  readonly series: readonly TimeSeries[];
  readonly limit?: { readonly name: string; readonly value: number };
  readonly marks?: readonly Mark[];
  /** The smallest range that the values are shown in. */
  readonly yRange?: readonly [number, number];
}

const FRAME: Frame = { width: 980, height: 240, left: 56, right: 16, top: 22, bottom: 28 };
const { width: WIDTH, height: HEIGHT, left: LEFT, right: RIGHT, top: TOP, bottom: BOTTOM } = FRAME;

/** Times are shown in UTC. */
export function timeChart({ title, series, limit, marks = [], yRange }: TimeChart): Html {
  const points = series.flatMap((one) => one.points);
  const across = linearScale(rangeOf(points.map(({ at }) => at.getTime())), [LEFT, WIDTH - RIGHT]);
  const values = points.flatMap(({ value, low = value, high = value }) => [value, low, high]);
  const all = [...values, ...(limit ? [limit.value] : []), ...(yRange ?? [])];
  const up = linearScale(widened(rangeOf(all)), [HEIGHT - BOTTOM, TOP]);
  const body = html`
    ${up.ticks.map((tick) => level(up(tick), shown(tick), FRAME))} ${dates(points, across)}
    ${marks.map((mark) => drawMark(mark, across))}
    ${series.map((one, index) => drawSeries(one, index, across, up))}
    ${limit === undefined ? '' : drawLimit(limit, up)}
  `;
  return figure({ title, names: series.map(({ name }) => name), body }, FRAME);
}

/** So that no line lies on the frame. */
function widened([low, high]: readonly [number, number]): [number, number] {
  const room = (high - low) * 0.06;
  return [low - room, high + room];
}

const DATES = 8;

/** Some of the times themselves, so that a date stands under a value. */
function dates(points: readonly TimePoint[], across: Scale): Html[] {
  const times = [...new Set(points.map(({ at }) => at.getTime()))].toSorted((a, b) => a - b);
  const every = Math.max(1, Math.ceil(times.length / DATES));
  const isLong = (times.at(-1) ?? 0) - (times[0] ?? 0) > 2 * 86_400_000;
  return times
    .filter((_, index) => (times.length - 1 - index) % every === 0)
    .map((time) => {
      const text = new Date(time).toISOString();
      return html`<text x="${round(across(time))}" y="${HEIGHT - 8}" text-anchor="middle"
        >${isLong ? text.slice(5, 10) : text.slice(11, 16)}</text
      >`;
    });
}

function drawMark({ at, name, meaning, changesNothing = false }: Mark, across: Scale): Html {
  const x = round(across(at.getTime()));
  if (x < LEFT || x > WIDTH - RIGHT) return html``;
  const anchor = x > WIDTH - 120 ? 'end' : 'start';
  const kind = changesNothing ? 'mark faint' : 'mark';
  const [top, height] = changesNothing ? [TOP + 2, TOP + 8] : [TOP - 8, TOP - 6];
  return html`<line class="${kind}" x1="${x}" x2="${x}" y1="${top}" y2="${HEIGHT - BOTTOM}" />
    <text x="${anchor === 'end' ? x - 4 : x + 4}" y="${height}" text-anchor="${anchor}"
      >${name}<title>${meaning}</title></text
    >`;
}

function drawLimit({ name, value }: NonNullable<TimeChart['limit']>, up: Scale): Html {
  const y = round(up(value));
  return html`<line class="limit" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}" />
    <text class="bad" x="${WIDTH - RIGHT}" y="${y - 5}" text-anchor="end">${name}</text>`;
}

function drawSeries(
  { points, dashed = false }: TimeSeries,
  index: number,
  across: Scale,
  up: Scale,
): Html {
  const colour = index % 4;
  const places = points.map(
    ({ at, value }) => [round(across(at.getTime())), round(up(value))] as const,
  );
  const sure = points.filter(({ low, high }) => low !== undefined && high !== undefined);
  const band = [
    ...sure.map(({ at, high = 0 }) => `${round(across(at.getTime()))},${round(up(high))}`),
    ...sure
      .toReversed()
      .map(({ at, low = 0 }) => `${round(across(at.getTime()))},${round(up(low))}`),
  ];
  return html`${band.length > 2 ? html`<polygon class="band fill${colour}" points="${band.join(' ')}" />` : ''}
    <polyline
      class="line series${colour}${dashed ? ' dashed' : ''}"
      points="${places.map((place) => place.join(',')).join(' ')}"
    />
    ${points.map(({ at, value }, point) => {
      const [cx, cy] = places[point]!;
      return html`<circle class="fill${colour}" cx="${cx}" cy="${cy}" r="2.5"
        ><title>${minute(at)}: ${shown(value)}</title></circle
      >`;
    })}`;
}

function minute(at: Date): string {
  return at.toISOString().slice(0, 16).replace('T', ' ');
}
