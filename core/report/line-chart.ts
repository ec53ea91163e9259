/** Lines over a numeric axis: learning curves, ROC, calibration. */
import { figure, type Frame, level, round } from './chart-frame.ts';
import { html, shown, type Html } from './html.ts';
import { linearScale, rangeOf, type Scale } from './scale.ts';

export type Point = readonly [x: number, y: number];

export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
  readonly dashed?: boolean;
  /** A dot on every point. @default false */
  readonly dotted?: boolean;
}

export interface LineChart {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  /** Ends of the axes. @default as far as the points go */
  readonly xRange?: readonly [number, number];
  readonly yRange?: readonly [number, number];
  /** How places on the axis across are written; empty for a place without a mark. @default as numbers */
  readonly xShown?: (place: number) => string;
  readonly series: readonly Series[];
}

const FRAME: Frame = { width: 420, height: 260, left: 52, right: 12, top: 12, bottom: 40 };
const { width: WIDTH, height: HEIGHT, left: LEFT, right: RIGHT, top: TOP, bottom: BOTTOM } = FRAME;

export function lineChart({
  title,
  x,
  y,
  xRange,
  yRange,
  xShown = shown,
  series,
}: LineChart): Html {
  const points = series.flatMap((one) => one.points);
  const across = linearScale(xRange ?? rangeOf(points.map(([at]) => at)), [LEFT, WIDTH - RIGHT]);
  const up = linearScale(yRange ?? rangeOf(points.map(([, value]) => value)), [
    HEIGHT - BOTTOM,
    TOP,
  ]);
  const body = html`
    ${up.ticks.map((tick) => level(up(tick), shown(tick), FRAME))}
    ${across.ticks.map((tick) => vertical(across(tick), xShown(tick)))}
    <text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 4}" text-anchor="middle">${x}</text>
    <text transform="translate(11 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">
      ${y}
    </text>
    ${series.map((one, index) => drawSeries(one, index, across, up))}
  `;
  return figure({ title, names: series.map(({ name }) => name), body }, FRAME);
}

function vertical(x: number, label: string): Html {
  return html`<line
      class="axis"
      x1="${round(x)}"
      x2="${round(x)}"
      y1="${TOP}"
      y2="${HEIGHT - BOTTOM}"
    />
    <text x="${round(x)}" y="${HEIGHT - BOTTOM + 15}" text-anchor="middle">${label}</text>`;
}

function drawSeries(
  { points, dashed = false, dotted = false }: Series,
  index: number,
  across: Scale,
  up: Scale,
): Html {
  const places = points
    .filter(([at, value]) => Number.isFinite(at) && Number.isFinite(value))
    .map(([at, value]) => [round(across(at)), round(up(value))] as const);
  const colour = index % 4;
  return html`<polyline
      class="line series${colour}"
      points="${places.map((place) => place.join(',')).join(' ')}"
      ${dashed ? DASHES : ''}
    />
    ${dotted ? places.map(([cx, cy]) => html`<circle class="fill${colour}" cx="${cx}" cy="${cy}" r="2.5" />`) : ''}`;
}

const DASHES: Html = { markup: ' stroke-dasharray="5 4"' };
