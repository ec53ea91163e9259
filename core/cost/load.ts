/** How much a model has to do, in words that people use: '10/s', '1M/day'. */

const SECONDS = { s: 1, second: 1, min: 60, minute: 60, h: 3600, hour: 3600, day: 86_400 } as const;
const TIMES = { '': 1, k: 1e3, M: 1e6 } as const;

/** What a month has of each, by the year's average. */
export const MONTH = { hours: 730, seconds: 730 * 3600, days: 730 / 24 } as const;

export interface Load {
  /** Requests to the endpoint a second. */
  readonly online: number;
  /** Events of the stream a second. */
  readonly stream: number;
  /** Rows scored in batches a day. */
  readonly batch: number;
}

/**
 * Reads a rate.
 *
 * @returns per second
 * @throws {RangeError} if the text is no rate
 */
export function parseRate(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([kM]?)\/([a-z]+)$/.exec(text.trim());
  const [, digits = '', times = '', unit = ''] = match ?? [];
  if (!isKey(TIMES, times) || !isKey(SECONDS, unit)) {
    throw new RangeError(
      `rate '${text}' is not a number for a time; write for example 10/s, 500/min or 1M/day`,
    );
  }
  return (Number(digits) * TIMES[times]) / SECONDS[unit];
}

function isKey<Keys extends object>(keys: Keys, name: string): name is keyof Keys & string {
  return Object.hasOwn(keys, name);
}
