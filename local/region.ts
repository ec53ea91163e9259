/** The laptop's region: a synthesized stack, hosted on this machine. */
import type { HostedStack } from './cloudformation/cloudformation.ts';
import type { Clock } from './clock.ts';
import { assignUrlPorts } from './lambda/url/ports.ts';
import { lockState } from './lock.ts';
import { openRegionServices, type RegionServices } from './region-services.ts';
import type { UnsignedCallers } from './iam/access.ts';
import { createRefusalTeller } from './iam/refusal.ts';
import { openUsage } from './iam/usage.ts';
import type { Place } from './resource.ts';
import { type CloudAssembly, readCloudAssembly } from './template/cloud-assembly.ts';
import { createStack, type Stack } from './template/stack.ts';
import { createPort, type Port } from './wire/port.ts';

export interface RegionOptions {
  /** The folder that `cdk synth` wrote. */
  readonly cloudAssembly: string;
  /** Where the region keeps everything; a later start goes on from it. */
  readonly stateFolder: string;
  /** Folder whose `node_modules` functions and jobs get their natives from. */
  readonly projectRoot: string;
  /** Port of the AWS APIs; Function URLs take those above it. 0 lets the system choose them all. */
  readonly port: number;
  readonly clock: Clock;
  /** How many vCPUs jobs may hold together. @default the processors of this machine */
  readonly vcpus?: number;
  /** Whether jobs share processes. @default each has its own */
  readonly warmJobs?: boolean;
  /** Hears what is published to any topic. */
  readonly onNotification?: (topicArn: string, subject: string, message: string) => void;
  /**
   * As whom Function URLs that ask for a signature take calls without one.
   *
   * @default 'administrator', so that a person at the laptop may use curl
   */
  readonly unsignedCallers?: UnsignedCallers;
  /**
   * File that gets what roles are granted, use and are refused, as JSON lines.
   *
   * @default nothing is written down
   */
  readonly usageFile?: string;
  /**
   * Hears of calls that the stack's policies do not allow: some lines for a person.
   *
   * @default they are written to stderr
   */
  readonly onRefusal?: (lines: string) => void;
}

export interface Region {
  /**
   * Hosts the stack; when it settles, everything is up.
   *
   * @throws {StateInUseError} if another region works on the state folder
   * @throws {UnknownResourceTypesError} if the template holds what a laptop cannot host
   */
  start(): Promise<void>;
  /** Stops all processes and closes all files; nothing is lost. */
  stop(): Promise<void>;
  /** URL of the port, for `AWS_ENDPOINT_URL`; known once it has started. */
  readonly endpoint: string;
  /** The stack's outputs by their keys; known once it has started. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Function URLs by the names of their functions. */
  readonly functionUrls: Readonly<Record<string, string>>;
}

const DEFAULT_ACCOUNT = '000000000000';
const DEFAULT_REGION = 'us-east-1';

/** Builds a region; nothing happens before `start`. */
export function createRegion(options: RegionOptions): Region {
  let running: RunningRegion | undefined;
  const up = (): RunningRegion => {
    if (running === undefined) throw new Error('the region is not up; await its start() first');
    return running;
  };
  return {
    async start() {
      running = await startRegion(options);
    },
    async stop() {
      const ending = running;
      running = undefined;
      await ending?.close();
    },
    get endpoint() {
      return up().endpoint;
    },
    get outputs() {
      return up().outputs;
    },
    get functionUrls() {
      return up().services.functionUrls();
    },
  };
}

interface RunningRegion {
  readonly endpoint: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly services: RegionServices;
  close(): Promise<void>;
}

async function startRegion(options: RegionOptions): Promise<RunningRegion> {
  const assembly = await readCloudAssembly(options.cloudAssembly);
  const lock = lockState(options.stateFolder);
  const closings: (() => void | Promise<void>)[] = [() => lock.release()];
  const close = async (): Promise<void> => {
    for (const closing of closings.toReversed()) await closing();
  };
  try {
    let endpoint = '';
    let hosted: HostedStack | undefined;
    const place = placeOf(assembly);
    const services = await openRegionServices({
      ...options,
      onRefusal: createRefusalTeller(options),
      ...(options.usageFile !== undefined && { usage: openUsage(options.usageFile) }),
      place,
      endpoint: () => endpoint,
      stacks: () => (hosted === undefined ? [] : [hosted]),
      urlPorts: assignUrlPorts(options.stateFolder, options.port, urlsOf(assembly)),
    });
    closings.push(() => services.close());
    const port = createPort({
      services: services.services,
      port: options.port,
      callerOf: (accessKeyId, service) => services.callerOf(accessKeyId, service),
      page: () => services.dashboardPage(),
    });
    endpoint = `http://127.0.0.1:${await listen(port, options.port)}`;
    closings.push(
      () => port.close(),
      () => services.finish(),
    );
    const stack = await createStack(assembly, services.hosts, place);
    const outputs = Object.fromEntries(stack.outputs.map(({ key, value }) => [key, value]));
    hosted = describeStack(stack, outputs, options.clock.now());
    services.start();
    return { endpoint, outputs, services, close };
  } catch (cause) {
    await close();
    throw cause;
  }
}

async function listen(port: Port, wanted: number): Promise<number> {
  try {
    return await port.listen();
  } catch (cause) {
    throw new Error(`port ${wanted} is taken; free it, or start on another one with --port`, {
      cause,
    });
  }
}

function describeStack(
  { id, name, resources }: Stack,
  outputs: Readonly<Record<string, string>>,
  createdAt: Date,
): HostedStack {
  return {
    id,
    name,
    createdAt,
    outputs,
    resources: resources.map(({ logicalId, type, ref }) => ({ logicalId, type, physicalId: ref })),
  };
}

function placeOf({ account, region }: CloudAssembly): Place {
  return {
    account: account ?? DEFAULT_ACCOUNT,
    region: region ?? DEFAULT_REGION,
    partition: 'aws',
  };
}

function urlsOf({ template }: CloudAssembly): string[] {
  return Object.entries(template.Resources)
    .filter(([, { Type }]) => Type === 'AWS::Lambda::Url')
    .map(([logicalId]) => logicalId);
}
