/** A registry and a store with versions of the flight model in them. */
import { createHash } from 'node:crypto';
import { layout } from '../../core/model/layout.ts';
import type { ModelDefinition } from '../../core/model/index.ts';
import { signatureOf } from '../../core/model/signature.ts';
import { createRegistry } from '../../core/registry/registry.ts';
import type { ModelSession } from '../../core/onnx/session.ts';
import { flightDelay, flightSession } from './flight-model.ts';
import { memoryFacts } from './memory-facts.ts';
import { memoryObjects } from './memory-objects.ts';
import { newVersion } from './registered-version.ts';

/** `openSession` gives a session that is named after the bytes it was opened with. */
export function servedFlights(definition: ModelDefinition = flightDelay()) {
  const registry = createRegistry(memoryFacts());
  const objects = memoryObjects();
  const sessions = new Map<string, ReturnType<typeof flightSession>>();
  const model = definition.name;

  return {
    definition,
    registry,
    objects,
    /** By the text of their file: 'file 1', 'file 2' and on. */
    sessions,
    openSession: async (bytes: Uint8Array): Promise<ModelSession> => {
      const session = flightSession(signatureOf(definition));
      sessions.set(Buffer.from(bytes).toString(), session);
      return session;
    },
    /** Registers a version with a file and makes it champion; returns its number. */
    async release(at = new Date('2001-05-01T04:00:00Z')): Promise<number> {
      const count = (await registry.versions(model)).length + 1;
      const file = `file ${count}`;
      const sha256 = createHash('sha256').update(file).digest('hex');
      const { version } = await registry.register(
        newVersion({ model, runId: `run-${count}`, sha256, signature: signatureOf(definition) }),
      );
      await objects.put(layout.modelFile(model, version), file);
      await registry.promote({
        model,
        alias: 'champion',
        version,
        at,
        reason: 'it is better',
        by: 'tests',
      });
      return version;
    },
  };
}
