/** The model that a function serves, wired to the stack that the environment names. */
import { quickFacts } from '../core/aws/quick-facts.ts';
import { quickObjects } from '../core/aws/quick-objects.ts';
import { requireEnv } from '../core/env.ts';
import type { ModelDefinition } from '../core/model/index.ts';
import { RELOAD_SECONDS } from '../core/model/sizes.ts';
import { openSession } from '../core/onnx/session.ts';
import type { Traffic } from '../core/model/traffic.ts';
import { createRegistry } from '../core/registry/registry.ts';
import { type TrafficEntry, createTrafficHistory } from '../core/registry/traffic.ts';
import { type ModelServer, createModelServer } from '../core/serve/model-server.ts';
import type { ModelSession } from '../core/onnx/session.ts';
import type { Telemetry } from './telemetry.ts';

export interface ServerOptions {
  /** Whether the challenger may answer too. @default only the champion */
  readonly challenged?: boolean;
  /** Opens a file. @default as it is */
  readonly open?: (bytes: Uint8Array) => Promise<ModelSession>;
}

export function championServer(
  definition: ModelDefinition,
  telemetry: Telemetry,
  { challenged = false, open = openSession }: ServerOptions = {},
): ModelServer {
  const facts = quickFacts(requireEnv('TABLE'));
  const history = createTrafficHistory(facts);
  return createModelServer({
    definition,
    registry: createRegistry(facts),
    objects: quickObjects(requireEnv('BUCKET')),
    openSession: open,
    reloadSeconds: definition.serving.online?.reloadSeconds ?? RELOAD_SECONDS,
    ...(challenged && {
      traffic: async () => trafficNow(definition, await history.trafficOf(definition.name)),
    }),
    onLoadFailure: (cause) => {
      telemetry.count('ModelLoadFailures', 1);
      telemetry.error('model not loaded', cause);
    },
  });
}

/** What was said last, or else what is declared. */
function trafficNow(
  { serving }: ModelDefinition,
  said: TrafficEntry | undefined,
): Traffic | undefined {
  return said ? (said.traffic ?? undefined) : serving.online?.challenger;
}
