import type { Command } from 'commander';
import { s3Objects } from '../../core/aws/s3-objects.ts';
import { identifier, type DuckDBConnection } from '../../core/data/duckdb.ts';
import { newestManifest } from '../../core/score/manifest.ts';
import { withPredictions } from '../actions/scoring.ts';
import { openTarget } from '../target.ts';
import { table, terminal } from '../terminal.ts';
import { stageOption, type StageChoice, toCount } from './options.ts';

interface PredictionsChoice extends StageChoice {
  readonly date?: string;
  readonly input?: string;
  readonly limit: number;
  readonly csv?: boolean;
  readonly count?: boolean;
}

export function predictions(program: Command): void {
  program
    .command('predictions <model>')
    .description('what was published of a day or another input')
    .option('--date <day>', 'day of the rows, YYYY-MM-DD')
    .option('--input <path>', 'object or folder that was scored')
    .option('--limit <rows>', 'rows of the table', toCount, 20)
    .option('--csv', 'all rows, as CSV')
    .option('--count', 'only how many rows there are')
    .addOption(stageOption())
    .action(async (model: string, choice: PredictionsChoice) => {
      const input = choice.input ?? (choice.date === undefined ? undefined : `dt=${choice.date}`);
      if (input === undefined) throw new RangeError('say what of: --date <day> or --input <path>');
      const target = await openTarget(choice);
      const objects = s3Objects(target.output('BucketName'));
      const manifest = await newestManifest(objects, model, input.replace(/\/+$/, ''));
      if (manifest === undefined) throw new Error(`nothing is published of '${input}' of ${model}`);
      if (choice.count === true) return terminal.say(String(manifest.rows));
      if (manifest.parts.length > 0) {
        await withPredictions(objects, manifest, (connection) =>
          choice.csv === true ? sayCsv(connection) : sayTable(connection, choice.limit),
        );
      }
      const { number, version, rows, rejected, runId } = manifest;
      if (choice.csv === true) return;
      terminal.say(
        `\n${rows} rows by version ${version}, ${rejected} rejected; manifest ${number} of run ${runId}`,
      );
    });
}

async function sayTable(connection: DuckDBConnection, limit: number): Promise<void> {
  const { names, query } = await asTexts(connection);
  const found = await connection.runAndReadAll(`${query} limit ${limit}`);
  terminal.say(
    table(
      names,
      found.getRows().map((row) => row.map(textOf)),
    ),
  );
}

/** A chunk at a time: there may be more than fits into memory. */
async function sayCsv(connection: DuckDBConnection): Promise<void> {
  const { names, query } = await asTexts(connection);
  terminal.say(names.map(quoted).join(','));
  const stream = await connection.stream(query);
  for (let chunk = await stream.fetchChunk(); chunk?.rowCount; chunk = await stream.fetchChunk()) {
    const lines = chunk.getRows().map((row) => row.map((cell) => quoted(textOf(cell))).join(','));
    terminal.say(lines.join('\n'));
  }
}

async function asTexts(connection: DuckDBConnection): Promise<{ names: string[]; query: string }> {
  const names = (await connection.runAndReadAll('select * from predictions limit 0')).columnNames();
  const texts = names.map((name) => `${identifier(name)}::varchar`);
  return { names, query: `select ${texts.join(', ')} from predictions` };
}

function textOf(cell: unknown): string {
  return typeof cell === 'string' ? cell : '';
}

/** As RFC 4180 has it. */
function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
