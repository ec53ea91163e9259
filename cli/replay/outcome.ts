/** What the replay came to: how good the answers were, with retraining and without. */
import { downloadAll } from '../../core/data/dataset.ts';
import type { DuckDBConnection } from '../../core/data/duckdb.ts';
import { jsonLines } from '../../core/data/json-lines.ts';
import { targetOf } from '../../core/data/load.ts';
import { readColumns } from '../../core/data/read.ts';
import type { ObjectStore } from '../../core/aws/objects.ts';
import type { ModelDefinition } from '../../core/model/index.ts';
import { layout } from '../../core/model/layout.ts';
import type { LabelledRows } from '../../core/monitor/labelled/influence.ts';
import { openSession } from '../../core/onnx/session.ts';
import { predictAll } from '../../core/pipeline/predict-all.ts';
import { decideAll } from '../../core/serve/decide.ts';
import { measurePeriods, type PeriodOutcome } from './periods.ts';
import type { Span } from './rows.ts';

export interface OutcomeOptions {
  readonly connection: DuckDBConnection;
  readonly model: ModelDefinition;
  readonly objects: ObjectStore;
  /** Of the events. */
  readonly span: Span;
  /** The version that would have answered all of them, had there been no retraining. */
  readonly firstVersion: number;
  /** An empty folder. */
  readonly scratch: string;
}

export interface Outcome {
  /** Predictions that were answered and kept. */
  readonly predictions: number;
  readonly periods: readonly PeriodOutcome[];
}

/** Measures the answers that were given, and those of the first version on the same rows. */
export async function outcomeOf(options: OutcomeOptions): Promise<Outcome> {
  const { connection, model, objects, span, firstVersion } = options;
  const predictions = await createAnswers(options);
  const { columns, extra } = await readColumns(connection, {
    features: model.features,
    from: 'answers',
    target: targetOf(model),
    extra: { time: '_time', output: '_output', decision: '_decision', version: '_version' },
    orderBy: '_n',
  });
  const bytes = await objects.get(layout.modelFile(model.name, firstVersion));
  const session = await openSession(bytes, { threads: 2 });
  const first = await predictAll(session, columns);
  await session.release();
  const kind = model.target.kind;
  const { time = EMPTY, output = EMPTY, decision = EMPTY, version = EMPTY } = extra;
  const given: LabelledRows = {
    kind,
    labels: columns.target,
    outputs: output,
    decisions: decision,
  };
  const frozen: LabelledRows = { kind, labels: columns.target, ...decideAll(model.target, first) };
  return { predictions, periods: measurePeriods({ span, time, version, given, frozen }) };
}

const EMPTY = new Float64Array();

/** Joins the events that have a label with the newest answer that somebody got to each. */
async function createAnswers({
  connection,
  model,
  objects,
  span,
  scratch,
}: OutcomeOptions): Promise<number> {
  const listed = await objects.list(layout.predictions(model.name));
  const streamed = listed.filter(({ key }) => /\/stream-[^/]+\.jsonl\.gz$/.test(key));
  const files = (await downloadAll(objects, streamed, scratch)).map(({ path }) => path);
  const columns = {
    id: 'VARCHAR',
    version: 'INTEGER',
    at: 'TIMESTAMP',
    prediction: 'DOUBLE',
    probability: 'DOUBLE',
    variant: 'VARCHAR',
  };
  await connection.run(`
    create table given as
    select id, version, prediction, coalesce(probability, prediction) as output
    from (${jsonLines(files, columns)}) where coalesce(variant, '') <> 'shadow'
    qualify row_number() over (partition by id order by "at", version) = 1`);
  await connection.run(`
    create table answers as
    select replay.*, given.version as _version, given.output as _output,
      given.prediction as _decision
    from replay join given on given.id = replay._id
    where _time >= ${span.from} and _time < ${span.to} and _target is not null`);
  const counted = await connection.runAndReadAll('select count(*)::double from given');
  return Number(counted.getRows()[0]?.[0]);
}
