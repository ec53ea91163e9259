/** The ids that were seen last, in bounded memory. */

export interface RecentIds {
  readonly has: (id: string) => boolean;
  readonly add: (ids: Iterable<string>) => void;
}

/** Keeps at least the `most` newest ids and at most twice as many. @param most @default 100,000 */
export function recentIds(most = 100_000): RecentIds {
  let newer = new Set<string>();
  let older = new Set<string>();
  return {
    has: (id) => newer.has(id) || older.has(id),
    add(ids) {
      for (const id of ids) {
        newer.add(id);
        if (newer.size < most) continue;
        older = newer;
        newer = new Set();
      }
    },
  };
}
