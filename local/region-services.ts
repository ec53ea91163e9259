/** The services of the region, and who of them needs whom. */
import { createBatch } from './batch/batch.ts';
import type { Clock } from './clock.ts';
import { createCloudFormation, type HostedStack } from './cloudformation/cloudformation.ts';
import { createCloudWatch } from './cloudwatch/cloudwatch.ts';
import { createDynamoDb } from './dynamodb/dynamodb.ts';
import { createEventSources } from './event-source/event-sources.ts';
import { createKinesisStream } from './event-source/kinesis-stream.ts';
import { createEventBridge } from './events/events.ts';
import { createKinesis } from './kinesis/kinesis.ts';
import { createLambda } from './lambda/lambda.ts';
import type { UrlPorts } from './lambda/url/ports.ts';
import { Access, type UnsignedCallers } from './iam/access.ts';
import { guardPorts, guardStream } from './iam/guarded-ports.ts';
import type { Refusal } from './iam/refusal.ts';
import type { Usage } from './iam/usage.ts';
import type { Place, ResourceHost } from './resource.ts';
import { createS3 } from './s3/s3.ts';
import { createScheduler } from './scheduler/scheduler.ts';
import type { Events, Functions, Metrics } from './services.ts';
import { createSecrets } from './secrets/secrets.ts';
import { createSns } from './sns/sns.ts';
import { createSqs } from './sqs/sqs.ts';
import { createSts } from './sts/sts.ts';
import { createPassiveHost } from './template/passive.ts';
import type { Service } from './wire/service.ts';

export interface RegionServicesOptions {
  readonly stateFolder: string;
  readonly projectRoot: string;
  readonly place: Place;
  readonly clock: Clock;
  /** URL of the region's port. */
  readonly endpoint: () => string;
  readonly urlPorts: UrlPorts;
  /** The stack, once it is hosted. */
  readonly stacks: () => readonly HostedStack[];
  /** See BatchOptions. */
  readonly vcpus?: number;
  readonly warmJobs?: boolean;
  readonly onNotification?: (topicArn: string, subject: string, message: string) => void;
  readonly unsignedCallers?: UnsignedCallers;
  readonly usage?: Usage;
  /** Hears of every call that the stack's policies do not allow. */
  readonly onRefusal?: (refusal: Refusal) => void;
}

export interface RegionServices {
  readonly services: readonly Service[];
  readonly hosts: readonly ResourceHost[];
  /** Tells who signs with an access key. */
  readonly callerOf: Access['callerOf'];
  /** Begins what works by itself: pollers, schedules, alarms, jobs. */
  start(): void;
  functionUrls(): Readonly<Record<string, string>>;
  dashboardPage(): string;
  /** Begins nothing more, and lets batches of streams end; the port must still be open for them. */
  finish(): Promise<void>;
  /** Stops functions and jobs and closes all files. */
  close(): Promise<void>;
}

/** Opens every service on what an earlier start left in the state folder. */
export async function openRegionServices(options: RegionServicesOptions): Promise<RegionServices> {
  const access = new Access(options);
  const open = await connect(options, access);
  const { eventSources, ...behindPort } = open;
  const { s3, secrets, kinesis, dynamodb, sqs, sns, cloudwatch } = open;
  const { lambda, scheduler, events, batch } = open;
  return {
    services: [
      ...Object.values(behindPort).map(({ service }) => service),
      cloudwatch.logsService,
      createCloudFormation(options).service,
      createSts(options).service,
    ],
    hosts: [
      createPassiveHost(options.place),
      ...Object.values(open).flatMap(({ hosts }) => hosts),
    ].map((host) => overheard(host, access)),
    callerOf: (accessKeyId, service) => access.callerOf(accessKeyId, service),
    start() {
      access.complete();
      for (const each of [sqs, cloudwatch, batch, scheduler, events, eventSources]) {
        each.start();
      }
      lambda.resume();
    },
    functionUrls: () => lambda.urls(),
    dashboardPage: () => cloudwatch.dashboardPage(),
    async finish() {
      scheduler.close();
      events.close();
      await eventSources.close();
    },
    async close() {
      await Promise.all([lambda.close(), batch.close()]);
      // Alarms may still have something to tell topics and queues.
      await cloudwatch.close();
      for (const each of [sns, sqs, s3, secrets, kinesis]) each.close();
      await dynamodb.close();
    },
  };
}

/** Makes the services and hands each what it needs of the others. */
async function connect(options: RegionServicesOptions, access: Access) {
  const arrivals = createArrivals();
  // Stand-ins for those that are made further down.
  const functions: Functions = {
    invoke: (name, payload) => lambda.functions.invoke(name, payload),
  };
  const metrics: Metrics = { put: (measurement) => cloudwatch.metrics.put(measurement) };
  const { asyncFunctions, queues, topics, logs } = guardPorts(
    {
      asyncFunctions: { accept: (...event) => lambda.asyncFunctions.accept(...event) },
      queues: { send: (...message) => sqs.queues.send(...message) },
      topics: { publish: (...message) => sns.topics.publish(...message) },
      logs: { write: (...line) => cloudwatch.logs.write(...line) },
    },
    access,
    options.place,
  );
  const busEvents: Events = { emit: (event) => events.events.emit(event) };

  const s3 = createS3({ ...options, events: busEvents });
  const kinesis = createKinesis({ ...options, metrics, onRecords: arrivals.announce });
  const dynamodb = await createDynamoDb(options);
  const secrets = createSecrets(options);
  const sqs = createSqs({ ...options, metrics });
  const sns = createSns({ ...options, asyncFunctions, queues });
  const messaging = { functions, asyncFunctions, queues, topics, roles: access, urlGate: access };
  const cloudwatch = createCloudWatch({ ...options, ...messaging });
  const lambda = createLambda({
    ...options,
    ...messaging,
    metrics,
    logs,
    mappings: () => eventSources.describe(),
  });
  const streams = createKinesisStream(kinesis.streams, arrivals.listen);
  const eventSources = createEventSources({
    ...options,
    ...messaging,
    streamFor: (actor) => guardStream(streams, access, actor),
    roleOf: (functionName) => lambda.roleOf(functionName),
    metrics: lambda.lambdaMetrics,
  });
  const scheduler = createScheduler({ ...options, ...messaging });
  const events = createEventBridge({ ...options, ...messaging });
  const batch = createBatch({ ...options, ...messaging, logs, events: events.events });
  const storage = { s3, secrets, kinesis, dynamodb };
  const messengers = { sqs, sns, scheduler, events };
  return { ...storage, ...messengers, cloudwatch, lambda, eventSources, batch };
}

/** Lets the gate hear of every resource that a host makes. */
function overheard(host: ResourceHost, access: Access): ResourceHost {
  return {
    types: host.types,
    async create(resource) {
      const physical = await host.create(resource);
      access.learn(resource, physical);
      return physical;
    },
  };
}

interface Arrivals {
  readonly announce: (streamName: string) => void;
  readonly listen: (listener: (streamName: string) => void) => () => void;
}

/** Tells those who read streams that records were put to one. */
function createArrivals(): Arrivals {
  const listeners = new Set<(streamName: string) => void>();
  return {
    announce(streamName) {
      for (const listener of listeners) listener(streamName);
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
