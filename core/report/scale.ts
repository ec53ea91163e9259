/** From values to places on a chart. */

export interface Scale {
  (value: number): number;
  /** Round values to mark, within the range. */
  readonly ticks: readonly number[];
}

/** A linear scale; a range of no width is widened so that one value stands in the middle. */
export function linearScale(
  [low, high]: readonly [number, number],
  [from, to]: readonly [number, number],
): Scale {
  const [first, last] = low === high ? [low - 0.5, high + 0.5] : [low, high];
  const place = (value: number): number => from + ((value - first) / (last - first)) * (to - from);
  return Object.assign(place, { ticks: ticksOf(first, last) });
}

/** About five multiples of 1, 2 or 5 times a power of ten. */
function ticksOf(low: number, high: number): number[] {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? power;
  const ticks: number[] = [];
  for (let index = Math.ceil(low / step); index * step <= high + step * 1e-9; index++) {
    ticks.push(Number((index * step).toPrecision(12)));
  }
  return ticks;
}

/** Smallest and largest of some values; [0, 1] where there are none. */
export function rangeOf(values: readonly number[]): [number, number] {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return [0, 1];
  return finite.reduce<[number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity],
  );
}
