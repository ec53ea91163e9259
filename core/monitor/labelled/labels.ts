/** Labels that came: in any order, late, twice, corrected, or wrong. */
import type { ObjectStore } from '../../aws/objects.ts';
import { rowOf, type DuckDBConnection } from '../../data/duckdb.ts';
import { jsonLines, momentOf } from '../../data/json-lines.ts';
import type { ModelDefinition } from '../../model/definition.ts';
import { layout } from '../../model/layout.ts';
import { fetchDays, type Window } from '../window.ts';

export interface LabelCounts {
  /** Predictions that have a label. */
  readonly ids: number;
  /** Records that say nothing new of their id, or say it anew. */
  readonly repeated: number;
  /** Ids whose newer label says something else than an older one. */
  readonly corrected: number;
  /** Records that are no label of the target, such as 7 where it is 0 or 1. */
  readonly wrong: number;
}

const DAY_MS = 86_400_000;

/**
 * Creates a table of `_id` and `_label`, the newest label of each id by the time at which it
 * arrived; of several at one moment the largest. Only labels that arrived before the end count, so
 * that a past moment is seen as it was. Those from a day before the start are read too, since a
 * label may be there before the record of its prediction.
 */
export async function createLabels(
  connection: DuckDBConnection,
  store: ObjectStore,
  { name: model, target }: Pick<ModelDefinition, 'name' | 'target'>,
  { window, folder, table }: { window: Window; folder: string; table: string },
): Promise<LabelCounts> {
  const from = new Date(window.from.getTime() - DAY_MS);
  const files = await fetchDays(store, { from, to: window.to }, folder, (day) =>
    layout.labelsOf(model, day),
  );
  const columns = { id: 'VARCHAR', at: 'TIMESTAMP', label: 'DOUBLE' };
  await connection.run(`
    create temp table ${table}_all as
    select id, "at", label, coalesce(id is not null and ${isLabel(target)}, false) as good
    from (${jsonLines(files, columns)})
    where "at" is null or "at" < ${momentOf(window.to)}`);
  await connection.run(`
    create table ${table} as
    select id as _id, max_by(label, ("at", label)) as _label, count(*) as records,
      count(distinct label) > 1 as corrected
    from ${table}_all where good and "at" is not null group by id`);
  const found = await rowOf(
    connection,
    `select (select count(*) from ${table})::double as ids,
       (select coalesce(sum(records - 1), 0) from ${table})::double as repeated,
       (select count(*) filter (corrected) from ${table})::double as corrected,
       (select count(*) from ${table}_all where not good or "at" is null)::double as wrong`,
  );
  await connection.run(`drop table ${table}_all`);
  return {
    ids: Number(found['ids']),
    repeated: Number(found['repeated']),
    corrected: Number(found['corrected']),
    wrong: Number(found['wrong']),
  };
}

function isLabel(target: ModelDefinition['target']): string {
  if (target.kind === 'binary') return 'label in (0, 1)';
  if (target.kind === 'regression') return 'isfinite(label)';
  return `label >= 0 and label < ${target.classes.length} and label = floor(label)`;
}
