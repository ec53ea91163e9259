/** One file of a dataset as SQL: the declared columns, each in the one type that it is used as. */
import type { ModelDefinition } from '../model/definition.ts';
import type { LocalFile } from './dataset.ts';
import { identifier, literal, rowsOf, type DuckDBConnection } from './duckdb.ts';
import { DataError } from './errors.ts';
import { headerOf, readCsv, readCsvAsFarAsItGoes } from './read-csv.ts';

type Format = ModelDefinition['data']['format'];

/** A column to read: where it is in the file, what it means, and what to call it from here on. */
export interface WantedColumn {
  readonly column: string;
  readonly kind: 'number' | 'category' | 'timestamp';
  readonly as: string;
}

/** A column whose values are text that must read as what was declared. */
export interface CheckedColumn extends WantedColumn {
  readonly value: string;
}

export interface Scan {
  readonly file: LocalFile;
  /** Gives the wanted columns, and the row's number in the file, from 0, as `_row`. */
  readonly sql: string;
  /** The same, the text of each checked column as `_text_<name>`, and whether its line is `_broken`. */
  readonly sqlWithTexts: string;
  /** Gives the file's own columns and `_row`. */
  readonly raw: string;
  readonly checked: readonly CheckedColumn[];
}

export interface ScanOptions {
  /** Further columns of the file that `raw` gives, as they are. */
  readonly beside?: readonly string[];
  /**
   * Reads on behind lines that break the format. `raw` says of JSON lines which they are, as
   * `_broken`; of CSV files DuckDB keeps them in the table of this name.
   */
  readonly brokenLines?: string;
}

/**
 * Plans the reading of a file. Numbers become DOUBLE, categories VARCHAR and times DOUBLE in
 * milliseconds since 1970; an empty text and a number that is not finite become NULL.
 *
 * @throws {DataError} if a column is missing or of a type that cannot be what was declared
 */
export async function planScan(
  connection: DuckDBConnection,
  format: Format,
  file: LocalFile,
  wanted: readonly WantedColumn[],
  options: ScanOptions = {},
): Promise<Scan> {
  const types = await typesIn(connection, format, file, options);
  const casts = wanted.map((column) => {
    const type = types.get(column.column);
    if (type === undefined) throw noColumn(column.column, types, file);
    return { column, ...castOf(column, format === 'parquet' ? type : 'VARCHAR', file) };
  });
  const { beside = [] } = options;
  for (const column of beside) if (!types.has(column)) throw noColumn(column, types, file);
  const columns = [...new Set([...wanted.map(({ column }) => column), ...beside])];
  const raw = rawOf({ format, file, columns, all: [...types.keys()], options });
  const broken = format === 'json' && options.brokenLines !== undefined ? '_broken' : 'false';
  const selected = casts.map(({ column, value }) => `${value} as ${identifier(column.as)}`);
  const checked = casts.flatMap(({ column, value, text }) => (text ? [{ ...column, value }] : []));
  const texts = checked.map(
    ({ column, as }) => `${identifier(column)}::varchar as ${identifier(textOf(as))}`,
  );
  return {
    file,
    raw,
    checked,
    sqlWithTexts: `select ${[...selected, ...texts].join(', ')}, ${broken} as _broken, _row from (${raw})`,
    sql: `select ${selected.join(', ')}, _row from (${raw})`,
  };
}

function noColumn(column: string, types: ReadonlyMap<string, string>, file: LocalFile): DataError {
  return new DataError(
    `'${file.key}' has no column '${column}' (has: ${[...types.keys()].join(', ')}); ` +
      'add it to the data, or take it out of the declaration',
  );
}

/** Name of the column that holds the text of another one. */
export function textOf(as: string): string {
  return `_text_${as}`;
}

async function typesIn(
  connection: DuckDBConnection,
  format: Format,
  { key, path }: LocalFile,
  { brokenLines }: ScanOptions,
): Promise<Map<string, string>> {
  if (brokenLines !== undefined && format !== 'parquet') {
    const names = await (format === 'csv' ? headerOf : membersOf)(connection, path);
    return new Map(names.map((name) => [name, 'VARCHAR']));
  }
  const from = {
    parquet: `read_parquet(${literal(path)}, hive_partitioning = false)`,
    csv: readCsv(path),
    json: `read_json(${literal(path)}, hive_partitioning = false)`,
  }[format];
  try {
    const described = await rowsOf(connection, `describe select * from ${from}`);
    return new Map(
      described.map((row) => [String(row['column_name']), String(row['column_type'])]),
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DataError(`'${key}' is not readable as ${format}: ${reason}`, { cause: error });
  }
}

/**
 * Text formats are read as text, since a guessed type would turn the category '007' into 7 and
 * hide which value was no number.
 */
function rawOf({ format, file: { path }, columns, all, options }: RawScan): string {
  const selected = columns.map(identifier).join(', ');
  const place = literal(path);
  if (format === 'parquet') {
    return (
      `select ${selected}, file_row_number as _row ` +
      `from read_parquet(${place}, file_row_number = true, hive_partitioning = false)`
    );
  }
  const row = 'row_number() over () - 1 as _row';
  const { brokenLines } = options;
  if (format === 'csv') {
    const from =
      brokenLines === undefined ? readCsv(path) : readCsvAsFarAsItGoes(path, all, brokenLines);
    return `select ${selected}, ${row} from ${from}`;
  }
  if (brokenLines === undefined) {
    const texts = columns.map((column) => `${literal(column)}: 'VARCHAR'`).join(', ');
    const from = `read_json(${place}, columns = {${texts}}, hive_partitioning = false)`;
    return `select ${selected}, ${row} from ${from}`;
  }
  const members = columns.map(
    (column) => `json ->> ${literal(`$.${identifier(column)}`)} as ${identifier(column)}`,
  );
  return (
    `select ${members.join(', ')}, coalesce(json_type(json), '') <> 'OBJECT' as _broken, ${row} ` +
    `from ${readLinesOfJson(path)}`
  );
}

interface RawScan {
  readonly format: Format;
  readonly file: LocalFile;
  readonly columns: readonly string[];
  /** Every column of the file, in its order. */
  readonly all: readonly string[];
  readonly options: ScanOptions;
}

/** Each line as `json`, NULL where it is none. */
function readLinesOfJson(path: string): string {
  return `read_json_objects(${literal(path)}, format = 'newline_delimited', ignore_errors = true)`;
}

/** Lines that are looked at for the names of members. */
const LINES_LOOKED_AT = 20_000;

async function membersOf(connection: DuckDBConnection, path: string): Promise<string[]> {
  const found = await rowsOf(
    connection,
    `select distinct unnest(json_keys(json)) as name
     from (select json from ${readLinesOfJson(path)} limit ${LINES_LOOKED_AT})
     where json_type(json) = 'OBJECT' order by name`,
  );
  return found.map(({ name }) => String(name));
}

const TEXT = /^(VARCHAR|UUID|ENUM\b.*)$/;
const WHOLE = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER)$/;
const NUMERIC = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\b.*)$/;
const TIME = /^(DATE|TIMESTAMP.*)$/;

function castOf(
  { column, kind }: WantedColumn,
  type: string,
  file: LocalFile,
): { value: string; text: boolean } {
  const name = identifier(column);
  if (TEXT.test(type)) return { value: fromText(kind, name), text: kind !== 'category' };
  if (kind === 'category' && (WHOLE.test(type) || type === 'BOOLEAN')) {
    return { value: `${name}::varchar`, text: false };
  }
  if (kind === 'number' && (NUMERIC.test(type) || type === 'BOOLEAN')) {
    const number = `${name}::double`;
    return { value: `case when isfinite(${number}) then ${number} end`, text: false };
  }
  if (kind === 'timestamp' && (TIME.test(type) || NUMERIC.test(type))) {
    const moment = TIME.test(type) ? `epoch_ms(${name})::double` : `${name}::double`;
    return { value: `case when isfinite(${name}) then ${moment} end`, text: false };
  }
  throw new DataError(
    `column '${column}' of '${file.key}' is ${type}, which is no ${kind}; ` +
      `write it as ${WRITE_AS[kind]}`,
  );
}

/**
 * A text expression read as a kind of feature; NULL where it is empty or no such thing. Times go
 * through TIMESTAMPTZ, since TIMESTAMP drops the offset that a text has.
 */
export function fromText(kind: WantedColumn['kind'], expression: string): string {
  const filled = `nullif(${expression}::varchar, '')`;
  if (kind === 'category') return filled;
  const number = `try_cast(${filled} as double)`;
  const finite = `case when isfinite(${number}) then ${number} end`;
  if (kind === 'number') return finite;
  return `coalesce(epoch_ms(try_cast(${filled} as timestamptz))::double, ${finite})`;
}

const WRITE_AS: Readonly<Record<WantedColumn['kind'], string>> = {
  number: 'a number',
  category: 'text',
  timestamp: 'a timestamp, ISO 8601 text or milliseconds since 1970',
};
