/** The words of a filter, with their places, so that an error can point at one. */
import { FilterError } from './errors.ts';

export interface Token {
  readonly kind: 'name' | 'number' | 'text' | 'operator' | 'end';
  readonly text: string;
  /** Place in the filter, from 0. */
  readonly at: number;
}

const PATTERN =
  /\s*(?:(?<number>-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?(?![\w.]))|(?<text>'(?:[^']|'')*')|(?<name>[A-Za-z_](?:[\w.-]*\w)?(?:\.?(?:"[^"]*"|`[^`]*`))?)|(?<operator>>=|<=|!=|<>|==|=|>|<|\(|\)|,))/iuy;

/** @throws {FilterError} at a character that begins no word */
export function tokensOf(filter: string): Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(PATTERN);
  for (let at = 0; filter.slice(at).trim() !== ''; at = pattern.lastIndex) {
    pattern.lastIndex = at;
    const groups = pattern.exec(filter)?.groups;
    if (groups === undefined) {
      const place = at + (filter.slice(at).length - filter.slice(at).trimStart().length);
      throw new FilterError(filter, place, `'${filter[place]}' is not understood here`);
    }
    const [kind, text] = wordOf(groups);
    tokens.push({ kind, text, at: pattern.lastIndex - text.length });
  }
  return [...tokens, { kind: 'end', text: 'the end', at: filter.length }];
}

function wordOf(groups: Readonly<Record<string, string | undefined>>): [Token['kind'], string] {
  for (const kind of ['number', 'text', 'name', 'operator'] as const) {
    const text = groups[kind];
    if (text !== undefined) return [kind, text];
  }
  return ['end', ''];
}
