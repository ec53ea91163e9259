/** Is a deployed system alive? Each part is tried as its callers would, and nothing is left behind. */
import { BatchClient, SubmitJobCommand } from '@aws-sdk/client-batch';
import {
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import { dynamoFacts } from '../../core/aws/dynamodb-facts.ts';
import type { ModelDefinition } from '../../core/model/index.ts';
import { SMOKE_ID } from '../../core/model/records.ts';
import { AliasNotSetError } from '../../core/registry/errors.ts';
import { createRegistry } from '../../core/registry/registry.ts';
import { exampleRow } from '../../core/serve/about.ts';
import { type Checklist, NotHereError } from '../checklist.ts';
import { outputOf, type Target } from '../target.ts';
import { callModel } from './call-model.ts';
import { pushEvents, readStream } from './events.ts';
import { followPipeline } from './pipelines.ts';

export interface SmokeOptions {
  readonly target: Target;
  readonly list: Checklist;
  /** Whoever reads a log or a message should know who tried. */
  readonly by: string;
  /** How long something may take to come out at the other end. */
  readonly patienceMs: number;
}

/** Tries every way in which a model is served, as far as it has a champion. */
export async function smokeModel(
  { target, list, patienceMs }: SmokeOptions,
  definition: ModelDefinition,
): Promise<void> {
  const { name, serving } = definition;
  const present = await list.check(`${name}: a champion`, () => champion(target, name));
  const served = (look: () => Promise<string | void>) => async () => {
    if (!present) throw new NotHereError('there is no champion');
    return look();
  };
  if (serving.online) {
    const title = `${name}: predict (${serving.online.access})`;
    await list.check(
      title,
      served(() => predict(target, definition, patienceMs)),
    );
  }
  if (serving.stream) {
    await list.check(
      `${name}: stream in and out`,
      served(() => stream(target, definition, patienceMs)),
    );
  }
  await list.check(
    `${name}: a tiny batch job`,
    served(() => job(target, name)),
  );
}

async function champion(target: Target, model: string): Promise<string> {
  const registry = createRegistry(dynamoFacts(target.output('TableName')));
  try {
    const { version, at } = await registry.championOf(model);
    return `version ${version}, since ${at}`;
  } catch (cause) {
    if (!(cause instanceof AliasNotSetError)) throw cause;
    const stage = target.stage === undefined ? '' : ` --stage ${target.stage}`;
    throw new Error(`none yet; train one: npx tidemill train ${model}${stage}`, { cause });
  }
}

const Answer = z.object({ version: z.number(), prediction: z.number() });

async function predict(
  target: Target,
  definition: ModelDefinition,
  patienceMs: number,
): Promise<string> {
  const id = smokeId('online');
  const since = new Date();
  const row = exampleRow(definition);
  const body = 'id' in row ? row : { ...row, id };
  const { version } = Answer.parse(await callModel(target, definition, { path: '/predict', body }));
  // A model with a feature named id has ids of its own making, which nobody could look for.
  if ('id' in row) return `by version ${version}`;
  await awaitRecord(target, definition.name, { id, since, patienceMs });
  return `by version ${version}, and its record came out`;
}

async function stream(
  target: Target,
  definition: ModelDefinition,
  patienceMs: number,
): Promise<string> {
  const id = smokeId('stream');
  const since = new Date();
  const row = exampleRow(definition);
  if ('id' in row) throw new NotHereError("its feature 'id' leaves no place for an id of ours");
  const data = JSON.stringify({ ...row, id });
  const events = target.output(outputOf(definition.name, 'EventsStream'));
  await pushEvents(events, [{ partitionKey: id, data }], () => {});
  await awaitRecord(target, definition.name, { id, since, patienceMs });
  return 'an event went in, its prediction came out';
}

interface Awaited {
  readonly id: string;
  readonly since: Date;
  readonly patienceMs: number;
}

function awaitRecord(target: Target, model: string, { id, since, patienceMs }: Awaited) {
  const predictions = target.output(outputOf(model, 'PredictionsStream'));
  const came = (records: readonly string[]): boolean =>
    records.some((record) => record.includes(`"${id}"`));
  return readStream(predictions, since, came, patienceMs);
}

async function job(target: Target, model: string): Promise<string> {
  const parameters = { step: 'smoke', run: 'smoke', asOf: new Date().toISOString(), options: '{}' };
  const { jobId = '' } = await new BatchClient().send(
    new SubmitJobCommand({
      jobName: `${target.stack}-${model}-smoke`,
      jobQueue: target.output('JobQueueArn'),
      jobDefinition: target.output(outputOf(model, 'ScoreJobDefinition')),
      parameters,
    }),
  );
  await followPipeline({ runId: 'smoke', jobs: [{ step: 'smoke', jobId }] }, () => {});
  return 'it found its code, the champion and both engines';
}

/** The alarm that exists for this rings, and CloudWatch says what it did about it. */
export async function smokeAlarm({ target, list, by, patienceMs }: SmokeOptions): Promise<void> {
  await list.check('an alarm, through its actions', async () => {
    const client = new CloudWatchClient();
    const AlarmName = target.output('DrillAlarm');
    const set = (StateValue: 'ALARM' | 'OK', StateReason: string) =>
      client.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason }));
    const since = new Date();
    // It may ring from a trial that was interrupted, and only a change is acted upon.
    await set('OK', 'before a trial');
    await set('ALARM', `a trial by ${by}; nothing is wrong`);
    try {
      return await actionSince(client, AlarmName, since, patienceMs);
    } finally {
      await set('OK', 'after a trial');
    }
  });
}

async function actionSince(
  client: CloudWatchClient,
  AlarmName: string,
  StartDate: Date,
  patienceMs: number,
): Promise<string> {
  const deadline = performance.now() + patienceMs;
  while (performance.now() < deadline) {
    const { AlarmHistoryItems = [] } = await client.send(
      new DescribeAlarmHistoryCommand({ AlarmName, HistoryItemType: 'Action', StartDate }),
    );
    const summary = AlarmHistoryItems[0]?.HistorySummary;
    if (summary?.startsWith('Successfully')) return 'it told its topic';
    if (summary !== undefined) throw new Error(`${AlarmName} rang in vain: ${summary}`);
    await wait(POLL_MS);
  }
  throw new Error(`${AlarmName} rang, and did nothing within ${patienceMs / 1000} s`);
}

const POLL_MS = 500;

function smokeId(source: string): string {
  return `${SMOKE_ID}${source}-${Date.now().toString(36)}-${process.pid}`;
}
