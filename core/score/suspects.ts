/** SQL that finds rows which a model might refuse, so that only those are looked at one by one. */
import type { ModelDefinition } from '../model/definition.ts';
import { identifier, literal } from '../data/duckdb.ts';
import { textOf, type Scan } from '../data/scan.ts';

/** No 32-bit float is larger. */
const LARGEST_FLOAT = '3.4028234e38';

/** Lengths in characters or in UTF-16 units differ; at this one, both are below the limit. */
const SURELY_SHORT = 512;

/** No date of JavaScript is later, in milliseconds. */
const LAST_MOMENT = '8.64e15';

/**
 * Returns an expression over a scan with texts. It is true for every row that the row reader would
 * reject, and for few others: the row reader has the last word on those.
 */
export function isSuspect(
  { features }: Pick<ModelDefinition, 'features'>,
  { checked }: Pick<Scan, 'checked'>,
): string {
  const unread = checked.map(
    ({ as }) => `(${identifier(as)} is null and ${identifier(textOf(as))} <> '')`,
  );
  const odd = Object.entries(features).map(([name, feature]) => {
    const column = identifier(name);
    if (feature.kind === 'number') return `abs(${column}) > ${LARGEST_FLOAT}`;
    if (feature.kind === 'timestamp') return `abs(${column}) > ${LAST_MOMENT}`;
    const long = `length(${column}) > ${SURELY_SHORT}`;
    if (feature.values === undefined) return long;
    return `${long} or ${column} not in (${feature.values.map(literal).join(', ')})`;
  });
  // What is missing makes a comparison NULL, which is no reason for suspicion.
  return `coalesce(${['_broken', ...unread, ...odd].join(' or ')}, false)`;
}
