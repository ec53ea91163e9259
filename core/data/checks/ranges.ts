/** How many numbers lie outside of their feature's minimum and maximum. */
import { identifier, rowOf, rowsOf } from '../duckdb.ts';
import type { CheckResult } from './check.ts';
import { type RowCheck, SHOWN, shareResult, valuesWithRows } from './rows.ts';

export async function checkRanges({
  connection,
  definition: { features, checks },
  rows,
  total,
}: RowCheck): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const [name, feature] of Object.entries(features)) {
    if (feature.kind !== 'number') continue;
    const { minimum = -Infinity, maximum = Infinity } = feature;
    if (minimum === -Infinity && maximum === Infinity) continue;
    const column = identifier(name);
    const outside = `(${column} < '${minimum}'::float or ${column} > '${maximum}'::float)`;
    const { found } = await rowOf(
      connection,
      `select count(*)::double as found from ${rows} where ${outside}`,
    );
    const values = await rowsOf(
      connection,
      `select ${column} as value, count(*)::double as total from ${rows} where ${outside}
       group by 1 order by 2 desc, 1 limit ${SHOWN}`,
    );
    results.push(
      ...shareResult({
        check: 'ranges',
        column: name,
        ...checks.ranges,
        found: Number(found),
        total,
        what: `have a '${name}' outside of ${minimum} to ${maximum}`,
        examples: valuesWithRows(values),
      }),
    );
  }
  return results;
}
