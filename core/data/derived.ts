/** Numbers computed from times, as the model's graph computes them. */
import type { Cycle } from '../model/features.ts';

/** In double precision and the order of the graph's operations, so that both agree to the last bit. */
export function deriveNumber(
  times: Float64Array,
  { unitMs, offset, period, whole }: Cycle,
): Float32Array {
  const numbers = new Float32Array(times.length);
  for (let row = 0; row < times.length; row++) {
    const units = times[row]! / unitMs + offset;
    const within = units - Math.floor(units / period) * period;
    numbers[row] = whole ? Math.floor(within) : within;
  }
  return numbers;
}
