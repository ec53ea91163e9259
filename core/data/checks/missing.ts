/** How many values of each feature are empty. */
import { identifier, rowOf, rowsOf } from '../duckdb.ts';
import type { CheckResult } from './check.ts';
import { type RowCheck, SHOWN, shareResult } from './rows.ts';

export async function checkMissing({
  connection,
  definition: { features, checks },
  rows,
  total,
}: RowCheck): Promise<CheckResult[]> {
  const names = Object.keys(features);
  const counts = names.map((name) => `count(*) - count(${identifier(name)})`);
  const found = await rowOf(
    connection,
    `select ${counts.map((count, at) => `(${count})::double as m${at}`).join(', ')} from ${rows}`,
  );
  const results: CheckResult[] = [];
  for (const [at, name] of names.entries()) {
    const missing = Number(found[`m${at}`]);
    const places = await rowsOf(
      connection,
      `select _key as key, _row::double as row from ${rows}
       where ${identifier(name)} is null order by _key, _row limit ${missing > 0 ? SHOWN : 0}`,
    );
    results.push(
      ...shareResult({
        check: 'missing',
        column: name,
        ...checks.missing,
        found: missing,
        total,
        what: `have no '${name}'`,
        examples: places.map(({ key, row }) => `row ${Number(row)} of '${String(key)}'`),
      }),
    );
  }
  return results;
}
