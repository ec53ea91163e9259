/** How many rows are there more than once: same time, same features, same target. */
import { identifier, rowOf, rowsOf } from '../duckdb.ts';
import type { CheckResult } from './check.ts';
import { type RowCheck, SHOWN, shareResult } from './rows.ts';

export async function checkDuplicates({
  connection,
  definition: { features, checks },
  rows,
  total,
}: RowCheck): Promise<CheckResult[]> {
  const names = Object.keys(features);
  const content = `hash(${[...names, '_time', '_target'].map(identifier).join(', ')})`;
  const { found } = await rowOf(
    connection,
    `select (count(*) - count(distinct ${content}))::double as found from ${rows}`,
  );
  const groups = await rowsOf(
    connection,
    `select count(*)::double as total, min(_key) as key, min(_row)::double as row from ${rows}
     group by ${content} having count(*) > 1 order by 1 desc, 2, 3
     limit ${Number(found) > 0 ? SHOWN : 0}`,
  );
  return shareResult({
    check: 'duplicates',
    ...checks.duplicates,
    found: Number(found),
    total,
    what: 'are copies of another row',
    examples: groups.map(
      ({ total: copies, key, row }) =>
        `row ${Number(row)} of '${String(key)}' (${Number(copies)} times)`,
    ),
  });
}
