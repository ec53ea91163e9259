/**
 * Whether training rows know of the holdout's time. The split itself cannot overlap; another
 * timestamp feature of a training row can lie in the holdout's time, and tell what happened there.
 */
import type { ModelDefinition } from '../../model/definition.ts';
import { identifier, rowOf, rowsOf } from '../duckdb.ts';
import type { CheckResult } from './check.ts';
import { type RowCheck, SHOWN, shareResult } from './rows.ts';

export async function checkOverlap(
  { connection, definition, rows }: RowCheck,
  holdoutFrom: Date,
): Promise<CheckResult[]> {
  const from = holdoutFrom.getTime();
  const { training } = await rowOf(
    connection,
    `select count(*)::double as training from ${rows} where _time < ${from}`,
  );
  const results: CheckResult[] = [];
  for (const name of timesBeside(definition)) {
    const reaching = `from ${rows} where _time < ${from} and ${identifier(name)} >= ${from}`;
    const { found } = await rowOf(connection, `select count(*)::double as found ${reaching}`);
    const values = await rowsOf(
      connection,
      `select ${identifier(name)} as value, _key as key, _row::double as row ${reaching}
       order by 1 desc, 2, 3 limit ${SHOWN}`,
    );
    results.push(
      ...shareResult({
        check: 'overlap',
        column: name,
        ...definition.checks.overlap,
        found: Number(found),
        total: Number(training),
        what: `train on a '${name}' from ${holdoutFrom.toISOString()} on, when the holdout begins`,
        examples: values.map(
          ({ value, key, row }) =>
            `${new Date(Number(value)).toISOString()} in row ${Number(row)} of '${String(key)}'`,
        ),
      }),
    );
  }
  return results;
}

function timesBeside({ data, features }: Pick<ModelDefinition, 'data' | 'features'>): string[] {
  return Object.keys(features).filter(
    (name) => features[name]?.kind === 'timestamp' && name !== data.time,
  );
}
