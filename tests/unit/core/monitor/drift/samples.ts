/** Two samples that any program can make: no random numbers. */
import { countNumbers, type Sketch, sketchEdges } from '../../../../../core/data/sketch.ts';

/** Float32 of -ln(1 - u), with u going round in steps of a prime: an exponential distribution. */
export function exponential(rows: number, prime: number, scale = 1): Float32Array {
  return Float32Array.from(
    { length: rows },
    (_, i) => -Math.log(1 - ((i * prime) % (rows + 1)) / (rows + 1)) * scale,
  );
}

/** Both over the edges of the first. */
export function sketched(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  bins?: number,
): [Sketch, Sketch] {
  const edges = sketchEdges(Float64Array.from(reference).toSorted(), bins);
  const sketchOf = (values: ArrayLike<number>): Sketch => {
    const counter = countNumbers(edges);
    counter.add(Float64Array.from(values));
    return counter.counted().sketch;
  };
  return [sketchOf(reference), sketchOf(current)];
}

export function repeated(rows: Readonly<Record<number, number>>): number[] {
  return Object.entries(rows).flatMap(([value, times]) =>
    Array.from({ length: times }, () => Number(value)),
  );
}
