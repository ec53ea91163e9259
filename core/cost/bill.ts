/** A month of a model in dollars, line by line: what stands idle first, then what the load adds. */
import type { JobSize, ModelDefinition } from '../model/definition.ts';
import { ARCHIVE, CONSUMER, RELOAD_SECONDS, SMALL_JOB } from '../model/sizes.ts';
import type { Assumptions } from './assumptions.ts';
import { callsOf } from './capacity.ts';
import { type Load, MONTH } from './load.ts';
import { PRICES } from './prices.ts';
import type { Standing } from './standing.ts';
import { timesAMonth } from './times-a-month.ts';

export interface BillLine {
  readonly service: string;
  /** What is paid for, with quantities. */
  readonly what: string;
  /** Whether it is paid without any load. */
  readonly idle: boolean;
  /** US dollars. */
  readonly monthly: number;
}

export type BilledModel = Pick<ModelDefinition, 'serving' | 'schedules' | 'trainer'>;

export interface Billed {
  readonly definition: BilledModel;
  /** Of the whole stack, whatever models it has. */
  readonly standing: Standing;
  readonly load: Load;
  readonly assumptions: Assumptions;
}

export function billOf(billed: Billed): BillLine[] {
  return [...standingLines(billed), ...scheduledLines(billed), ...loadLines(billed)].filter(
    ({ monthly }) => monthly > 0,
  );
}

/** What is left over of the shards and alarms of a stack when nobody calls. */
function standingLines({ standing }: Billed): BillLine[] {
  const { shards, alarmMetrics, compositeAlarms, dashboards, metrics, secrets } = standing;
  const { kinesis, cloudwatch } = PRICES;
  return [
    idle('Kinesis', `${shards} shards`, shards * MONTH.hours * kinesis.shardHour),
    idle(
      'CloudWatch',
      `${alarmMetrics} metrics in alarms, ${compositeAlarms} alarms of alarms`,
      alarmMetrics * cloudwatch.alarmMonth + compositeAlarms * cloudwatch.compositeAlarmMonth,
    ),
    idle('CloudWatch', `${metrics} metrics of its own`, metrics * cloudwatch.metricMonth),
    idle('CloudWatch', `${dashboards} dashboards`, dashboards * cloudwatch.dashboardMonth),
    idle('Secrets Manager', `${secrets} secrets`, secrets * PRICES.secrets.secretMonth),
  ];
}

/** Jobs that start by the clock, rows or no rows. */
function scheduledLines({ definition, assumptions }: Billed): BillLine[] {
  const { schedules, trainer } = definition;
  const { jobStartSeconds, monitorSeconds, stepSeconds, trainSeconds } = assumptions;
  const monitors = timesAMonth(schedules.monitor);
  const trainings = timesAMonth(schedules.train);
  const scorings = timesAMonth(schedules.score);
  // Prepare, evaluate, register and promote beside the candidates.
  const training = 4 * (jobStartSeconds + stepSeconds);
  const candidates = trainer.candidates * (jobStartSeconds + trainSeconds);
  return [
    idle(
      'Fargate',
      `${round(monitors)} monitoring jobs`,
      jobCost(SMALL_JOB, monitors * (jobStartSeconds + monitorSeconds)),
    ),
    idle(
      'Fargate',
      `${round(trainings)} trainings of ${trainer.candidates} candidates`,
      jobCost(trainer.job, trainings * (training + candidates)),
    ),
    idle(
      'Fargate',
      `${round(scorings)} starts of scoring`,
      jobCost(definition.serving.batch?.job ?? SMALL_JOB, scorings * jobStartSeconds),
    ),
  ];
}

function loadLines(billed: Billed): BillLine[] {
  const { load, assumptions } = billed;
  const records = (load.online + load.stream) * MONTH.seconds;
  const { recordBytes, keptBytes, keptMonths } = assumptions;
  return [
    ...onlineLines(billed),
    ...streamLines(billed),
    ...batchLines(billed),
    added(
      'Kinesis',
      `${millions(records)} predictions put`,
      records * payloadUnits(recordBytes) * perMillion(PRICES.kinesis.millionPayloadUnits),
    ),
    ...archiveLines(billed),
    added(
      'S3',
      `${millions(records)} predictions a month, kept for ${keptMonths} months`,
      ((records * keptBytes * keptMonths) / 1e9) * PRICES.s3.gbMonth,
    ),
  ];
}

function onlineLines(billed: Billed): BillLine[] {
  const { definition, load, assumptions } = billed;
  const { online } = definition.serving;
  if (!online || load.online === 0) return [];
  const { predictMs, logBytes } = assumptions;
  const calls = load.online * MONTH.seconds;
  const sandboxes = Math.ceil((load.online * predictMs) / 1000);
  return [
    added('Lambda', `${millions(calls)} requests`, lambdaCost(calls, predictMs, online.memoryMiB)),
    looks(billed, 'requests', sandboxes),
    logs('requests', calls * logBytes),
  ];
}

function streamLines(billed: Billed): BillLine[] {
  const { definition, load, assumptions } = billed;
  const { stream } = definition.serving;
  if (!stream || load.stream === 0) return [];
  const { batchMs, eventMs, eventBytes, logBytes } = assumptions;
  const events = load.stream * MONTH.seconds;
  const { callsPerSecond, eventsPerCall } = callsOf(load.stream, stream.shards, stream);
  const calls = callsPerSecond * MONTH.seconds;
  return [
    added(
      'Kinesis',
      `${millions(events)} events put`,
      events * payloadUnits(eventBytes) * perMillion(PRICES.kinesis.millionPayloadUnits),
    ),
    added(
      'Lambda',
      `${millions(calls)} batches of ${round(eventsPerCall)} events`,
      lambdaCost(calls, batchMs + eventsPerCall * eventMs, CONSUMER.memoryMiB),
    ),
    looks(billed, 'the consumer', stream.shards),
    logs('the consumer', calls * logBytes),
  ];
}

function archiveLines({ definition, load, assumptions }: Billed): BillLine[] {
  const rate = load.online + load.stream;
  const shards = definition.serving.stream?.shards ?? 1;
  const { callsPerSecond, eventsPerCall } = callsOf(rate, shards, ARCHIVE);
  const calls = callsPerSecond * MONTH.seconds;
  const ms = assumptions.batchMs + eventsPerCall * assumptions.eventMs;
  return [
    added(
      'Lambda',
      `${millions(calls)} calls to keep predictions`,
      lambdaCost(calls, ms, ARCHIVE.memoryMiB),
    ),
    added('S3', `${millions(calls)} objects put`, (calls / 1000) * PRICES.s3.thousandPuts),
  ];
}

function batchLines({ definition, load, assumptions }: Billed): BillLine[] {
  const job = definition.serving.batch?.job;
  if (!job || load.batch === 0) return [];
  const rows = load.batch * MONTH.days;
  const seconds = rows / (assumptions.rowsPerVcpuSecond * job.vcpus);
  return [
    added('Fargate', `${millions(rows)} rows scored in batches`, jobCost(job, seconds)),
    added(
      'S3',
      `${millions(rows)} scored rows a month, kept for ${assumptions.keptMonths} months`,
      ((rows * assumptions.keptBytes * assumptions.keptMonths) / 1e9) * PRICES.s3.gbMonth,
    ),
  ];
}

/** On spot capacity, where jobs run first; with a public address, which has no spot price. */
function jobCost({ vcpus, memoryMiB }: JobSize, seconds: number): number {
  const { vcpuHour, gbHour, spotShare } = PRICES.fargate;
  const hourly = (vcpus * vcpuHour + (memoryMiB / 1024) * gbHour) * spotShare;
  return (seconds / 3600) * (hourly + PRICES.publicAddress.hour);
}

function lambdaCost(calls: number, ms: number, memoryMiB: number): number {
  const { gbSecond, millionCalls } = PRICES.lambda;
  return calls * ((ms / 1000) * (memoryMiB / 1024) * gbSecond + perMillion(millionCalls));
}

/** Kinesis counts each record in pieces of 25 KB. */
function payloadUnits(bytes: number): number {
  return Math.ceil(bytes / 25_000);
}

function logs(whose: string, bytes: number): BillLine {
  const { logGb, logGbMonth } = PRICES.cloudwatch;
  const gigabytes = bytes / 1e9;
  const what = `${gigabytes.toFixed(1)} GB of logs of ${whose}`;
  return added('CloudWatch', what, gigabytes * (logGb + logGbMonth));
}

/** Each sandbox looks at the alias twice in the time within which a promotion must be served. */
function looks({ definition }: Billed, whose: string, sandboxes: number): BillLine {
  const { reloadSeconds = RELOAD_SECONDS } = definition.serving.online ?? {};
  const count = (sandboxes * MONTH.seconds * 2) / reloadSeconds;
  const what = `${millions(count)} looks at the alias by ${whose}`;
  return added('DynamoDB', what, count * perMillion(PRICES.dynamodb.millionReads));
}

function perMillion(price: number): number {
  return price / 1e6;
}

function idle(service: string, what: string, monthly: number): BillLine {
  return { service, what, idle: true, monthly };
}

function added(service: string, what: string, monthly: number): BillLine {
  return { service, what, idle: false, monthly };
}

function millions(count: number): string {
  return count < 1e6 ? round(count) : `${(count / 1e6).toFixed(1)} M`;
}

function round(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}
