/** What records and labels tell of a version that is tried beside the champion. */
import type { ObjectStore } from '../aws/objects.ts';
import { identifier, rowOf, rowsOf, type DuckDBConnection } from '../data/duckdb.ts';
import { jsonLines, momentOf } from '../data/json-lines.ts';
import type { ModelDefinition } from '../model/definition.ts';
import { layout } from '../model/layout.ts';
import type { CompleteRollout } from '../model/rollout.ts';
import type { LabelledRows } from '../monitor/labelled/influence.ts';
import { compareLabelled, type Comparison } from '../monitor/labelled/judge.ts';
import { createLabels } from '../monitor/labelled/labels.ts';
import { fetchDays } from '../monitor/window.ts';
import { isChallenged } from '../serve/traffic.ts';
import type { RolloutEntry, TrafficKind } from './entries.ts';
import { CONFIDENCE_AT_END, CONFIDENCE_BEFORE, type Evidence } from './guardrails.ts';

export interface Trial extends Pick<RolloutEntry, 'version'> {
  readonly traffic: TrafficKind;
  /** When the version was given traffic. */
  readonly from: Date;
  /** The moment to look from: what came later is not there yet. */
  readonly to: Date;
}

type TrialModel = Pick<ModelDefinition, 'name' | 'target'>;

/**
 * Compares a version with the champion on what both predicted: in the shadow on the same ids, as a
 * canary each on its own, which the interval of the difference takes into account.
 *
 * @param folder for what is downloaded
 */
export async function readEvidence(
  connection: DuckDBConnection,
  store: ObjectStore,
  definition: TrialModel,
  declared: CompleteRollout,
  { trial, folder }: { readonly trial: Trial; readonly folder: string },
): Promise<Evidence> {
  await createTrial(connection, store, definition, trial, folder);
  const { metric } = declared.guardrails;
  const kind = definition.target.kind;
  const rivals = await (trial.traffic === 'shadow' ? readPaired : readApart)(connection, kind);
  const compare = (confidence: number): Comparison | undefined =>
    compareLabelled({ metric, ...rivals, confidence });
  const comparison = compare(CONFIDENCE_AT_END);
  const early = compare(CONFIDENCE_BEFORE);
  const share = declared[trial.traffic]?.share ?? 1;
  const { predictions, usual } = await countPredictions(connection);
  return {
    labels: rivals.challenger.labels.length,
    predictions,
    usual,
    ...(await countDue(connection, definition.name, share)),
    ...(comparison && { comparison }),
    ...(early && { early }),
  };
}

/**
 * Creates `trial`: the version's records and the champion's from its first one on, each once, with
 * the label that had come. Sources that the version never answers, such as batches, are left out.
 */
async function createTrial(
  connection: DuckDBConnection,
  store: ObjectStore,
  definition: TrialModel,
  { version, traffic, from, to }: Trial,
  folder: string,
): Promise<void> {
  const window = { from, to };
  const files = await fetchDays(store, window, folder, (day) =>
    layout.predictionsOf(definition.name, day),
  );
  await createLabels(connection, store, definition, { window, folder, table: 'trial_labels' });
  const columns = {
    id: 'VARCHAR',
    version: 'INTEGER',
    source: 'VARCHAR',
    at: 'TIMESTAMP',
    prediction: 'DOUBLE',
    probability: 'DOUBLE',
    variant: 'VARCHAR',
    entity: 'VARCHAR',
  };
  const variant = traffic === 'shadow' ? 'shadow' : 'challenger';
  await connection.run(`
    create table trial_records as
    select id, version, source, "at", variant is not null as own, coalesce(entity, id) as key,
      coalesce(probability, prediction) as output, prediction as decision
    from (${jsonLines(files, columns)})
    where id is not null and "at" >= ${momentOf(from)} and "at" < ${momentOf(to)}
      and source <> 'batch'
      and (variant is null or (variant = '${variant}' and version = ${version}))
    qualify row_number() over (partition by id, variant order by "at", version) = 1`);
  await connection.run(`
    create table trial as select records.*, labels._label as label
    from trial_records as records left join trial_labels as labels on records.id = labels._id
    where source in (select source from trial_records where own)
      and "at" >= (select min("at") from trial_records where own)`);
}

/** More rows make no verdict surer that matters, and would have to be held in memory. */
const SAMPLED = 'order by hash(id) limit 200000';

interface Rivals {
  readonly challenger: LabelledRows;
  readonly champion: LabelledRows;
  readonly paired: boolean;
}

type Kind = ModelDefinition['target']['kind'];

async function readPaired(connection: DuckDBConnection, kind: Kind): Promise<Rivals> {
  const rows = await rowsOf(
    connection,
    `select own.label, own.output, own.decision, other.output as "otherOutput",
       other.decision as "otherDecision"
     from trial as own join trial as other on own.id = other.id
     where own.own and not other.own and own.label is not null
     ${SAMPLED.replace('id', 'own.id')}`,
  );
  return {
    challenger: labelled(kind, rows, 'output', 'decision'),
    champion: labelled(kind, rows, 'otherOutput', 'otherDecision'),
    paired: true,
  };
}

async function readApart(connection: DuckDBConnection, kind: Kind): Promise<Rivals> {
  const read = async (who: string): Promise<LabelledRows> => {
    const from = `from trial where ${who} and label is not null ${SAMPLED}`;
    const rows = await rowsOf(connection, `select label, output, decision ${from}`);
    return labelled(kind, rows, 'output', 'decision');
  };
  return { challenger: await read('own'), champion: await read('not own'), paired: false };
}

function labelled(
  kind: Kind,
  rows: readonly Readonly<Record<string, unknown>>[],
  output: string,
  decision: string,
): LabelledRows {
  const column = (name: string): Float64Array =>
    Float64Array.from(rows, (row) => Number(row[name]));
  return {
    kind,
    labels: column('label'),
    outputs: column(output),
    decisions: column(decision),
  };
}

/** What the version predicted, and what the champion did in the same time, other sources too. */
async function countPredictions(
  connection: DuckDBConnection,
): Promise<Pick<Evidence, 'predictions' | 'usual'>> {
  const found = await rowOf(
    connection,
    `select count(*) filter (own)::double as predictions,
       count(*) filter (not own)::double as usual from trial_records`,
  );
  return { predictions: Number(found['predictions']), usual: Number(found['usual']) };
}

/** What was the version's to predict, by its share of the entities, and what it did not predict. */
async function countDue(
  connection: DuckDBConnection,
  model: string,
  share: number,
): Promise<Pick<Evidence, 'due' | 'owed'>> {
  const keys = await rowsOf(
    connection,
    `select ${identifier('key')}, count(distinct id)::double as due,
       count(distinct id) filter (id not in (select id from trial where own))::double as owed
     from trial group by 1`,
  );
  let [due, owed] = [0, 0];
  for (const row of keys) {
    if (!isChallenged(model, String(row['key']), { kind: 'canary', share })) continue;
    due += Number(row['due']);
    owed += Number(row['owed']);
  }
  return { due, owed };
}
