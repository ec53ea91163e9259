/** The model that a function serves, wired to the stack that the environment names. */
import { dynamoFacts } from '../core/aws/dynamodb-facts.ts';
import { s3Objects } from '../core/aws/s3-objects.ts';
import { requireEnv } from '../core/env.ts';
import type { ModelDefinition } from '../core/model/index.ts';
import { openSession } from '../core/onnx/session.ts';
import { createRegistry } from '../core/registry/registry.ts';
import { type ModelServer, createModelServer } from '../core/serve/model-server.ts';
import type { Telemetry } from './telemetry.ts';

/** How soon a promotion reaches a consumer whose model has no online endpoint to declare it. */
const RELOAD_SECONDS = 5;

export function championServer(definition: ModelDefinition, telemetry: Telemetry): ModelServer {
  return createModelServer({
    definition,
    registry: createRegistry(dynamoFacts(requireEnv('TABLE'))),
    objects: s3Objects(requireEnv('BUCKET')),
    openSession,
    reloadSeconds: definition.serving.online?.reloadSeconds ?? RELOAD_SECONDS,
    onLoadFailure: (cause) => {
      telemetry.count('ModelLoadFailures', 1);
      telemetry.error('model not loaded', cause);
    },
  });
}
