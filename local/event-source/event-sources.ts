/** The laptop's event source mappings: streams that call functions. */
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Principal } from '../iam/principal.ts';
import type { MappingDescription } from '../lambda/api.ts';
import { sendToDestination } from '../lambda/destination.ts';
import type { LambdaMetrics } from '../lambda/lambda-metrics.ts';
import { arn, type Place, type ResourceHost } from '../resource.ts';
import type { Functions, Queues, Topics } from '../services.ts';
import { openCheckpoints } from './checkpoints.ts';
import { type MappingConfiguration, readMappingConfiguration } from './configuration.ts';
import { runMapping } from './mapping.ts';
import type { EventStream } from './stream.ts';

export interface EventSourcesOptions {
  readonly stateFolder: string;
  readonly place: Place;
  readonly clock: Clock;
  /** Returns the streams as somebody may read them. */
  readonly streamFor: (actor: Principal) => EventStream;
  readonly functions: Functions;
  /** The role of a function, which stands in each record as who read it. */
  readonly roleOf: (functionName: string) => string;
  readonly metrics: LambdaMetrics;
  readonly queues: Queues;
  readonly topics: Topics;
  /** How often an idle shard is asked for records, if nothing announces them. @default 200 */
  readonly pollMs?: number;
  /** How often a stream is asked for new shards. @default 2000 */
  readonly shardsMs?: number;
}

export interface EventSources {
  readonly hosts: readonly ResourceHost[];
  /** Mappings as Lambda's API shows them. */
  describe(): readonly MappingDescription[];
  /** Starts to read; call it when all resources of the stack exist. */
  start(): void;
  /** Stops after the batches that are at work, or a moment later without them. */
  close(): Promise<void>;
}

const POLL_MS = 200;
/** Months that take minutes need not be polled for; what arrives is announced. */
const SELDOM_MS = 5000;
/** How long `close` waits for running batches. */
const GRACE_MS = 2000;

/** Opens the checkpoints; mappings come with the template. */
export function createEventSources(options: EventSourcesOptions): EventSources {
  const { place, stateFolder, clock } = options;
  const checkpoints = openCheckpoints(join(stateFolder, 'event-sources', 'checkpoints'));
  const mappings = new Map<string, MappingConfiguration>();
  const abort = new AbortController();
  const running: Promise<void>[] = [];
  const createdAt = clock.now().getTime() / 1000;

  return {
    hosts: [
      {
        types: ['AWS::Lambda::EventSourceMapping'],
        async create(resource) {
          const configuration = readMappingConfiguration(resource, place);
          const { uuid } = configuration;
          mappings.set(uuid, configuration);
          const mappingArn = arn(place, 'lambda', `event-source-mapping:${uuid}`);
          return { ref: uuid, attributes: { Id: uuid, EventSourceMappingArn: mappingArn } };
        },
      },
    ],
    describe: () => [...mappings.values()].map((mapping) => describe(mapping, createdAt)),
    start() {
      for (const configuration of mappings.values()) {
        if (!configuration.enabled) continue;
        const { functionName } = configuration;
        const roleArn = options.roleOf(functionName);
        const actor = { kind: 'role', roleArn, session: functionName } as const;
        running.push(
          runMapping({
            ...options,
            configuration,
            checkpoints,
            stream: options.streamFor(actor),
            roleArn,
            region: place.region,
            tellDestination: (destination, message) =>
              sendToDestination(destination, message, { ...options, actor }),
            onIteratorAge: (ageMs) => options.metrics.iteratorAge(functionName, ageMs),
            onDeliveryFailed: () => options.metrics.deliveryFailed(functionName),
            pollMs: options.pollMs ?? (clock.passes ? POLL_MS : SELDOM_MS),
            shardsMs: options.shardsMs ?? 2000,
            signal: abort.signal,
          }),
        );
      }
    },
    async close() {
      abort.abort();
      await Promise.race([
        Promise.all(running),
        new Promise((resolve) => {
          setTimeout(resolve, GRACE_MS).unref();
        }),
      ]);
      checkpoints.close();
    },
  };
}

function describe(mapping: MappingConfiguration, createdAt: number): MappingDescription {
  return {
    UUID: mapping.uuid,
    FunctionArn: mapping.functionArn,
    EventSourceArn: mapping.streamArn,
    State: mapping.enabled ? 'Enabled' : 'Disabled',
    StartingPosition: mapping.startingPosition,
    BatchSize: mapping.batchSize,
    MaximumBatchingWindowInSeconds: mapping.windowMs / 1000,
    ParallelizationFactor: mapping.parallelizationFactor,
    BisectBatchOnFunctionError: mapping.bisects,
    MaximumRetryAttempts: minusOneForEver(mapping.maximumRetryAttempts),
    MaximumRecordAgeInSeconds: minusOneForEver(mapping.maximumRecordAgeMs / 1000),
    FunctionResponseTypes: mapping.reportsItemFailures ? ['ReportBatchItemFailures'] : [],
    DestinationConfig: {
      ...(mapping.onFailureArn !== undefined && {
        OnFailure: { Destination: mapping.onFailureArn },
      }),
    },
    LastModified: createdAt,
  };
}

function minusOneForEver(value: number): number {
  return Number.isFinite(value) ? value : -1;
}
