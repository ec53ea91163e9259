/** Numbers as the loop says them. */

/** '+0.0123' or '-0.0123'. */
export function signed(value: number): string {
  return `${value < 0 ? '' : '+'}${value.toFixed(4)}`;
}
