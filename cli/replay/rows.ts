/** The rows of a replay in one table: what arrives when, and when its label is known. */
import { join } from 'node:path';
import {
  identifier,
  literal,
  rowOf,
  rowsOf,
  type DuckDBConnection,
} from '../../core/data/duckdb.ts';
import { featureColumns, isSampled } from '../../core/data/load.ts';
import { planScan, type WantedColumn } from '../../core/data/scan.ts';
import type { ModelDefinition } from '../../core/model/index.ts';
import { labelledBy } from '../../core/model/rolling-features.ts';
import type { ReplaySource } from './source.ts';

/** `[from, to)`, in epoch milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface RowsWanted extends Span {
  readonly model: ModelDefinition;
  readonly source: ReplaySource;
  /** Share of the rows to keep. */
  readonly share: number;
  readonly seed: number;
}

export interface ReplayEvent {
  readonly partitionKey: string;
  readonly data: string;
}

export type ReplayLabel = Readonly<Record<string, unknown>>;

/** The rows from before a moment are history; those from then on come as events. */
export interface ReplayRows {
  count(span: Span): Promise<number>;
  /** Events that arrive in a span, in order. */
  events(span: Span): Promise<ReplayEvent[]>;
  /** Labels that become known in a span, of events from `from` on. */
  labels(span: Span, since: number): Promise<ReplayLabel[]>;
  /** UTC days with rows, each with the moment at which the last of its labels is known. */
  days(): Promise<{ readonly day: string; readonly knownAt: number }[]>;
  /** Writes the rows of a day in the declared format; returns the path of the file. */
  writeDay(day: string, folder: string): Promise<string>;
}

/** Counts what there is in a span, before anything is thinned. */
export async function countRows(
  connection: DuckDBConnection,
  { model, source, from, to }: Omit<RowsWanted, 'share' | 'seed'>,
): Promise<number> {
  const scans = await scansOf(connection, model, source);
  const parts = scans.map(({ sql }) => `select _time from (${sql})`);
  const { total } = await rowOf(
    connection,
    `select count(*)::double as total from (${parts.join(' union all ')})
     where _time >= ${from} and _time < ${to}`,
  );
  return Number(total);
}

/** Reads the rows of a period into the table `replay`. */
export async function readRows(
  connection: DuckDBConnection,
  { model, source, from, to, share, seed }: RowsWanted,
): Promise<ReplayRows> {
  const scans = await scansOf(connection, model, source);
  const parts = scans.map(({ file, sql, known }, at) => {
    const thinned = share < 1 ? `and ${isSampled(`${seed} ${file.key}`, share)}` : '';
    return `select *, ${at} as _file from (
      select typed.*, ${known.value} as _known from (${sql}) typed ${known.join})
      where _time >= ${from} and _time < ${to} ${thinned}`;
  });
  await connection.run(`
    create table replay as
    select *, 'row-' || lpad(_n::varchar, 7, '0') as _id from (
      select *, row_number() over (order by _time, _file, _row) - 1 as _n
      from (${parts.join(' union all ')})) order by _n`);
  await connection.run(`
    create table known as select _id, _time, _known, _target${ownersOf(model)} from replay
    where _known is not null and _target is not null order by _known, _id`);
  return new TableOfRows(connection, model);
}

async function scansOf(connection: DuckDBConnection, model: ModelDefinition, source: ReplaySource) {
  const { known } = source;
  const wanted: WantedColumn[] = [
    ...featureColumns(model),
    { column: model.data.time, kind: 'timestamp', as: '_time' },
    { column: model.target.column, kind: targetKind(model), as: '_target' },
    ...(model.data.weight === undefined
      ? []
      : [{ column: model.data.weight, kind: 'number', as: '_weight' } as const]),
    ...('column' in known
      ? [{ column: known.column, kind: 'timestamp', as: '_label_time' } as const]
      : []),
  ];
  const scans = [];
  for (const file of source.files) {
    const local = { ...file, sha256: '' };
    const { sql } = await planScan(connection, model.data.format, local, wanted);
    scans.push({ file, sql, known: knownSql(file.path, known) });
  }
  return scans;
}

function targetKind({ target }: ModelDefinition): 'category' | 'number' {
  return target.kind === 'multiclass' ? 'category' : 'number';
}

/** The moment in milliseconds, and what has to be joined for it. */
function knownSql(path: string, known: ReplaySource['known']): { value: string; join: string } {
  if ('afterMs' in known) return { value: `_time + ${known.afterMs}`, join: '' };
  if ('column' in known) return { value: '_label_time', join: '' };
  const own = `select file_row_number as _row, epoch_ms((${known.sql})::timestamp)::double as moment
    from read_parquet(${literal(path)}, file_row_number = true)`;
  return { value: 'own.moment', join: `left join (${own}) own on own._row = typed._row` };
}

class TableOfRows implements ReplayRows {
  readonly #connection: DuckDBConnection;
  readonly #model: ModelDefinition;

  constructor(connection: DuckDBConnection, model: ModelDefinition) {
    this.#connection = connection;
    this.#model = model;
  }

  async count({ from, to }: Span): Promise<number> {
    const sql = `select count(*)::double as total from replay where _time >= ${from} and _time < ${to}`;
    return Number((await rowOf(this.#connection, sql))['total']);
  }

  async events({ from, to }: Span): Promise<ReplayEvent[]> {
    const { features, serving } = this.#model;
    const names = Object.keys(features).map(identifier).join(', ');
    const rows = await rowsOf(
      this.#connection,
      `select _id, ${names} from replay
       where _time >= ${from} and _time < ${to} order by _n`,
    );
    return rows.map(({ _id: id, ...values }) => {
      const entity = values[serving.entity ?? ''];
      const sent = Object.entries(features).map(([name, { kind }]) => [
        name,
        asSent(values[name], kind),
      ]);
      return {
        partitionKey: typeof entity === 'string' ? entity : String(id),
        data: JSON.stringify({ id, ...Object.fromEntries(sent) }),
      };
    });
  }

  async labels({ from, to }: Span, since: number): Promise<ReplayLabel[]> {
    const { column } = this.#model.target;
    const rows = await rowsOf(
      this.#connection,
      `select _id as id, _target as label${ownersOf(this.#model)} from known
       where _known >= ${from} and _known < ${to} and _time >= ${since} order by _id`,
    );
    return rows.map(({ id, label, ...owners }) =>
      Object.assign(owners, {
        id: String(id),
        [column]: typeof label === 'number' ? label : String(label),
      }),
    );
  }

  async days(): Promise<{ readonly day: string; readonly knownAt: number }[]> {
    const rows = await rowsOf(
      this.#connection,
      `select strftime(make_timestamp((_time * 1000)::bigint), '%Y-%m-%d') as day,
         max(_known) as known from replay group by 1 order by 1`,
    );
    return rows.flatMap(({ day, known }) =>
      typeof known === 'number' ? [{ day: String(day), knownAt: known }] : [],
    );
  }

  async writeDay(day: string, folder: string): Promise<string> {
    const { features, data, target } = this.#model;
    const columns = new Map<string, string>(
      Object.entries(features).map(([name, { kind }]) => [
        name,
        kind === 'timestamp' ? momentOf(identifier(name)) : identifier(name),
      ]),
    );
    columns.set(data.time, momentOf('_time')).set(target.column, '_target');
    if (data.weight !== undefined) columns.set(data.weight, '_weight');
    const selected = [...columns].map(([name, value]) => `${value} as ${identifier(name)}`);
    const from = Date.parse(day);
    const path = join(folder, `${day}.${data.format}`);
    await this.#connection.run(
      `copy (select ${selected.join(', ')} from replay
         where _time >= ${from} and _time < ${from + 86_400_000} order by _n)
       to ${literal(path)} (format ${data.format})`,
    );
    return path;
  }
}

/** Further columns of labels, where rolling features want to know whose they are. */
function ownersOf({ rolling }: ModelDefinition): string {
  return labelledBy(rolling)
    .map((name) => `, ${identifier(name)}`)
    .join('');
}

function momentOf(milliseconds: string): string {
  return `make_timestamp((${milliseconds} * 1000)::bigint)`;
}

function asSent(value: unknown, kind: string): string | number | null {
  if (typeof value !== 'number') return typeof value === 'string' ? value : null;
  return kind === 'timestamp' ? new Date(value).toISOString() : value;
}
