/** Keys in the order in which S3 lists them: by their UTF-8 bytes. */

export interface KeyList {
  readonly size: number;
  add(key: string): void;
  remove(key: string): void;
  at(index: number): string | undefined;
  /** Index of the first key that is not before `key`; O(log n). */
  indexOf(key: string): number;
  /** Index of the first key, from `index` on, that does not start with the prefix. */
  indexAfter(prefix: string, index: number): number;
}

export function createKeyList(keys: Iterable<string>): KeyList {
  const sorted = [...keys].toSorted(compareKeys);
  const indexOf = (key: string): number =>
    firstIndex(sorted, 0, (candidate) => compareKeys(candidate, key) >= 0);

  return {
    get size() {
      return sorted.length;
    },
    add(key) {
      const index = indexOf(key);
      if (sorted[index] !== key) sorted.splice(index, 0, key);
    },
    remove(key) {
      const index = indexOf(key);
      if (sorted[index] === key) sorted.splice(index, 1);
    },
    at: (index) => sorted[index],
    indexOf,
    indexAfter: (prefix, index) =>
      firstIndex(sorted, index, (candidate) => !candidate.startsWith(prefix)),
  };
}

/** Compares by UTF-8 bytes, which differs from JavaScript's order where surrogates are involved. */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const [left, right] = [a.charCodeAt(index), b.charCodeAt(index)];
    if (left !== right) return byteRank(left) - byteRank(right);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above U+FFFF, so they come after all other code units. */
function byteRank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit > 0xdfff ? unit - 0x800 : unit + 0x2000;
}

function firstIndex(
  sorted: readonly string[],
  from: number,
  holds: (key: string) => boolean,
): number {
  let [low, high] = [from, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(sorted[middle] ?? '')) high = middle;
    else low = middle + 1;
  }
  return low;
}
