/** What the answers of an endpoint are made from. */
import type { ObjectStore } from '../aws/objects.ts';
import type { ModelDefinition } from '../model/definition.ts';
import type { ModelServer } from './model-server.ts';
import type { RollingFeatureStore } from './rolling/rolling-values.ts';
import type { Statistics } from './statistics.ts';
import type { TokenGate } from './token-gate.ts';

export interface EndpointParts {
  readonly definition: ModelDefinition;
  readonly server: ModelServer;
  /** Where labels go. */
  readonly objects: Pick<ObjectStore, 'putIfAbsent'>;
  /** Where rolling features are kept. @default the model has none */
  readonly rolling?: RollingFeatureStore | undefined;
  /** @default nobody is asked for a token */
  readonly gate?: TokenGate;
  readonly statistics: Statistics;
  /** Milliseconds of a clock that only goes forward, for statistics. */
  readonly stopwatch: () => number;
}
