/** Pages of keys, with keys that share a prefix up to the delimiter rolled into one. */
import type { KeyList } from './key-list.ts';

export interface ListingQuery {
  readonly prefix: string;
  /** Empty for no rolling up. */
  readonly delimiter: string;
  /** Only what comes after this key or common prefix is listed. */
  readonly after: string;
  readonly maxKeys: number;
}

export interface Page {
  readonly keys: readonly string[];
  readonly commonPrefixes: readonly string[];
  /** The last key or common prefix of the page, when more follow it. */
  readonly next?: string;
}

/** Returns one page; O(page length × log n), however many keys are rolled up or skipped. */
export function listPage(list: KeyList, query: ListingQuery): Page {
  const { prefix, delimiter, after, maxKeys } = query;
  const keys: string[] = [];
  const commonPrefixes: string[] = [];
  let last = '';
  let index = list.indexOf(prefix);
  if (after !== '') {
    // The prefix itself can be a key, and end with the delimiter.
    const rolledUp =
      delimiter !== '' &&
      after.startsWith(prefix) &&
      after.indexOf(delimiter, prefix.length) === after.length - delimiter.length;
    const start = list.indexOf(after);
    index = Math.max(index, rolledUp ? list.indexAfter(after, start) : start);
    if (list.at(index) === after) index += 1;
  }

  for (let key = list.at(index); key?.startsWith(prefix) === true; key = list.at(index)) {
    if (keys.length + commonPrefixes.length >= maxKeys) {
      return maxKeys === 0 ? { keys, commonPrefixes } : { keys, commonPrefixes, next: last };
    }
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    if (cut < 0) {
      keys.push(key);
      last = key;
      index += 1;
    } else {
      last = key.slice(0, cut + delimiter.length);
      commonPrefixes.push(last);
      index = list.indexAfter(last, index);
    }
  }
  return { keys, commonPrefixes };
}
