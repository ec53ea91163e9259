/** How many categories are not among those that their feature allows. */
import { identifier, literal, rowsOf } from '../duckdb.ts';
import type { CheckResult } from './check.ts';
import { type RowCheck, SHOWN, shareResult, sum, valuesWithRows } from './rows.ts';

export async function checkAllowedValues({
  connection,
  definition: { features, checks },
  rows,
  total,
}: RowCheck): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const [name, feature] of Object.entries(features)) {
    if (feature.kind !== 'category' || feature.values === undefined) continue;
    const allowed = feature.values.map(literal).join(', ');
    const found = await rowsOf(
      connection,
      `select ${identifier(name)} as value, count(*)::double as total from ${rows}
       where ${identifier(name)} not in (${allowed}) group by 1 order by 2 desc, 1`,
    );
    results.push(
      ...shareResult({
        check: 'allowed-values',
        column: name,
        ...checks.allowedValues,
        found: sum(found),
        total,
        what: `have a '${name}' that the declaration does not allow`,
        examples: valuesWithRows(found.slice(0, SHOWN)),
      }),
    );
  }
  return results;
}
