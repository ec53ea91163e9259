/** What a benchmark measured. */
export interface Measured {
  /** Ours over theirs by name; below 1 is better than what it is compared with. */
  readonly ratios: Readonly<Record<string, number>>;
  /** By name, with the unit in the name. */
  readonly figures: Readonly<Record<string, number | string>>;
}
