/** The laptop's Lambda: functions, their URLs, and the API that calls them. */
import { join } from 'node:path';
import { bundleProgram } from '../bundle-program.ts';
import type { Clock } from '../clock.ts';
import { openRoles } from '../credentials.ts';
import type { Place, ResourceHost } from '../resource.ts';
import type {
  AsyncFunctions,
  Functions,
  Logs,
  Metrics,
  Queues,
  Roles,
  Topics,
  UrlGate,
} from '../services.ts';
import type { Service } from '../wire/service.ts';
import { createLambdaApi, type MappingDescription } from './api.ts';
import { createAsyncInvocations } from './async-invocations.ts';
import { createFunctionCatalogue } from './functions.ts';
import type { FunctionLimits } from './hosted-function.ts';
import { createFunctionHost, createInvokeConfigHost, createQualifierHost } from './hosts.ts';
import { createLambdaMetrics, type LambdaMetrics } from './lambda-metrics.ts';
import { createUrlHost } from './url/host.ts';
import type { UrlPorts } from './url/ports.ts';

export interface LambdaOptions {
  /** The region's state; Lambda keeps its own in `lambda/` below it. */
  readonly stateFolder: string;
  /** Folder whose `node_modules` functions get their natives from. */
  readonly projectRoot: string;
  readonly place: Place;
  readonly clock: Clock;
  readonly logs: Logs;
  readonly metrics: Metrics;
  readonly queues: Queues;
  readonly topics: Topics;
  /** The URL of the region's port, for the functions' clients. */
  readonly endpoint: () => string;
  readonly urlPorts: UrlPorts;
  /** What the API lists as event source mappings. */
  readonly mappings: () => readonly MappingDescription[];
  readonly limits?: FunctionLimits;
  /** @default everybody may call the URLs of functions */
  readonly urlGate?: UrlGate;
  /** @default any role will do */
  readonly roles?: Roles;
}

export interface Lambda {
  readonly service: Service;
  readonly hosts: readonly ResourceHost[];
  readonly functions: Functions;
  readonly asyncFunctions: AsyncFunctions;
  readonly lambdaMetrics: LambdaMetrics;
  /** The ARN of a function's role. */
  roleOf(functionName: string): string;
  /** The Function URLs that are open, by the name of their function. */
  urls(): Readonly<Record<string, string>>;
  /** Delivers asynchronous events that an earlier start left; call it when all resources exist. */
  resume(): void;
  close(): Promise<void>;
}

/** Creates a Lambda without functions; they come with the template. */
export function createLambda(options: LambdaOptions): Lambda {
  const stateFolder = join(options.stateFolder, 'lambda');
  const functions = createFunctionCatalogue();
  const lambdaMetrics = createLambdaMetrics(options.metrics, options.clock);
  const asyncInvocations = createAsyncInvocations({
    ...options,
    stateFolder,
    functions,
    metrics: lambdaMetrics,
  });
  const urlHost = createUrlHost({ ...options, functions });
  const runtimeFile = join(stateFolder, 'runtime.mjs');
  const functionHost = createFunctionHost({
    roles: openRoles(),
    ...options,
    stateFolder,
    functions,
    lambdaMetrics,
    runtimeFile,
    runtimeReady: bundleProgram(new URL('runtime/main.ts', import.meta.url), runtimeFile),
  });

  return {
    service: createLambdaApi({
      functions,
      asyncInvocations,
      mappings: options.mappings,
      urls: () => urlHost.describe(),
    }),
    hosts: [
      functionHost,
      createQualifierHost(functions),
      createInvokeConfigHost(asyncInvocations),
      urlHost,
    ],
    functions,
    asyncFunctions: {
      accept(nameOrArn, payload) {
        asyncInvocations.accept(functions.find(nameOrArn).configuration.name, payload);
      },
    },
    lambdaMetrics,
    roleOf: (functionName) => functions.find(functionName).configuration.roleArn,
    urls: () => urlHost.urls(),
    resume: () => asyncInvocations.resume(),
    async close() {
      asyncInvocations.close();
      await urlHost.close();
      await functions.stop();
    },
  };
}
