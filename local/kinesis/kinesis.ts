/** The laptop's Kinesis: kinesalite behind the region's port. */
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { arn, type Place, type ResourceHost } from '../resource.ts';
import type { Metrics } from '../services.ts';
import { AwsError } from '../wire/aws-error.ts';
import { ADMINISTRATOR } from '../wire/caller.ts';
import {
  type Input,
  isStructure,
  type Operation,
  type Operations,
  type Output,
} from '../wire/operations.ts';
import { createRpcService } from '../wire/rpc.ts';
import type { Service } from '../wire/service.ts';
import {
  openStreamEngine,
  STREAM_OPERATIONS,
  type StreamEngine,
  untilActive,
  withStreamName,
} from './engine.ts';
import { getRecords, getShardIterator, sizeOf } from './reading.ts';

/** kinesalite's limit; AWS keeps records for up to a year. */
const LONGEST_RETENTION_HOURS = 168;

export interface KinesisOptions {
  /** The region's state; Kinesis keeps its own in `kinesis/` below it. */
  readonly stateFolder: string;
  readonly place: Place;
  readonly clock: Clock;
  /** Where incoming records are counted. */
  readonly metrics?: Metrics;
  /** Hears the name of each stream that records were put to. */
  readonly onRecords?: (streamName: string) => void;
}

export interface Kinesis {
  readonly service: Service;
  readonly hosts: readonly ResourceHost[];
  /**
   * Runs an operation, such as `GetRecords`, without the network. Blobs are base64 and times
   * seconds, as in JSON.
   *
   * @throws {AwsError} what a client would get
   */
  call(operation: string, input: Input): Promise<Output>;
  close(): Promise<void>;
}

export async function createKinesis(options: KinesisOptions): Promise<Kinesis> {
  const { stateFolder, place } = options;
  const engine = await openStreamEngine(join(stateFolder, 'kinesis'), place);
  const operations = createOperations(engine, options);

  return {
    service: createRpcService({ signingName: 'kinesis', operations }),
    hosts: [streamHost(engine, place)],
    async call(operation, input) {
      const run = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
      if (run) return run(input, ADMINISTRATOR);
      throw new AwsError('UnknownOperationException', `the local kinesis has no '${operation}'`);
    },
    close: () => engine.close(),
  };
}

function createOperations(
  engine: StreamEngine,
  { metrics, clock, onRecords }: KinesisOptions,
): Operations {
  const { run } = engine;
  const count = (stream: unknown, records: readonly Input[]): void => {
    const at = clock.now();
    const dimensions = { StreamName: String(stream) };
    const bytes = records.reduce((sum, record) => sum + sizeOf(record), 0);
    const base = { namespace: 'AWS/Kinesis', dimensions, at };
    metrics?.put({ ...base, name: 'IncomingRecords', value: records.length, unit: 'Count' });
    metrics?.put({ ...base, name: 'IncomingBytes', value: bytes, unit: 'Bytes' });
    onRecords?.(String(stream));
  };
  const special: Operations = {
    CreateStream: (input) => run('CreateStream', { ShardCount: defaultShards(input), ...input }),
    GetRecords: (input) => getRecords(run, input),
    GetShardIterator: (input) => getShardIterator(engine, input),
    async PutRecord(input) {
      const output = await run('PutRecord', input);
      count(input['StreamName'], [input]);
      return output;
    },
    async PutRecords(input) {
      const output = await run('PutRecords', input);
      const records: unknown = input['Records'];
      count(input['StreamName'], Array.isArray(records) ? records.filter(isStructure) : []);
      return output;
    },
  };
  return Object.fromEntries(
    STREAM_OPERATIONS.map((name): [string, Operation] => {
      const operation = special[name] ?? ((input: Input) => run(name, input));
      return [name, async (input, caller) => operation(withStreamName(input), caller)];
    }),
  );
}

/** A stream on demand starts with four shards; kinesalite knows only streams with a given number. */
function defaultShards({ StreamModeDetails: mode }: Input): number | undefined {
  return isStructure(mode) && mode['StreamMode'] === 'ON_DEMAND' ? 4 : undefined;
}

function streamHost({ run }: StreamEngine, place: Place): ResourceHost {
  return {
    types: ['AWS::Kinesis::Stream'],
    async create({ properties, defaultName }) {
      const given = properties['Name'];
      const name = typeof given === 'string' ? given : defaultName;
      const shards = Number(properties['ShardCount'] ?? defaultShards(properties) ?? 1);
      await run('CreateStream', { StreamName: name, ShardCount: shards }).catch(
        (cause: unknown) => {
          if (!(cause instanceof AwsError && cause.code === 'ResourceInUseException')) throw cause;
        },
      );
      const { RetentionPeriodHours: hours } = await untilActive(run, name);
      const asked = Number(properties['RetentionPeriodHours'] ?? 24);
      await keepFor(run, name, Number(hours), Math.min(asked, LONGEST_RETENTION_HOURS));
      return { ref: name, attributes: { Arn: arn(place, 'kinesis', `stream/${name}`) } };
    },
  };
}

async function keepFor(
  run: StreamEngine['run'],
  stream: string,
  currentHours: number,
  hours: number,
): Promise<void> {
  if (hours === currentHours) return;
  const change = hours > currentHours ? 'Increase' : 'Decrease';
  const input = { StreamName: stream, RetentionPeriodHours: hours };
  await run(`${change}StreamRetentionPeriod`, input);
}
