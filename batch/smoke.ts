/**
 * A job that shows that jobs work: its container starts, gets its code, reads table and bucket, and
 * both engines run. It leaves nothing but the lines that it prints.
 */
import { tmpdir } from 'node:os';
import { dynamoFacts } from '../core/aws/dynamodb-facts.ts';
import { s3Objects } from '../core/aws/s3-objects.ts';
import { rowOf, withDuckDb } from '../core/data/duckdb.ts';
import { requireEnv } from '../core/env.ts';
import type { ModelDefinition } from '../core/model/index.ts';
import { openSession } from '../core/onnx/session.ts';
import { createRegistry, type Registry } from '../core/registry/registry.ts';
import { exampleRow } from '../core/serve/about.ts';
import { type ModelSource, openVersion } from '../core/serve/served-model.ts';
import { exitCodeOf, messageOf } from './failure.ts';

export type SmokeParts = ModelSource & { readonly registry: Pick<Registry, 'championOf'> };

/** Does it as a process, and sets the exit code. */
export async function runSmoke(
  loadModel: (name: string) => Promise<ModelDefinition>,
): Promise<void> {
  try {
    const definition = await loadModel(requireEnv('MODEL'));
    const objects = s3Objects(requireEnv('BUCKET'));
    const registry = createRegistry(dynamoFacts(requireEnv('TABLE')));
    console.log(await smoke({ definition, objects, registry, openSession }));
  } catch (error) {
    console.error(messageOf(error));
    process.exitCode = exitCodeOf(error);
  }
}

/**
 * Counts to one in DuckDB and predicts one row with the champion; says what came of it.
 *
 * @throws {AliasNotSetError} if there is no champion @throws whatever an engine or a store throws
 */
export async function smoke(parts: SmokeParts): Promise<string> {
  const scratch = tmpdir();
  const counted = await withDuckDb({ memoryMiB: 256, threads: 1, scratch }, (connection) =>
    rowOf(connection, 'select 1 as one'),
  );
  const { definition, registry } = parts;
  const served = await openVersion(parts, await registry.championOf(definition.name));
  try {
    const { batch } = served.readRows([exampleRow(definition)]);
    const [prediction] = await served.predict(batch);
    const answer = prediction?.probability ?? prediction?.prediction;
    return `DuckDB counts to ${String(counted['one'])}, ${definition.name}/${served.version} answers ${answer}`;
  } finally {
    await served.release();
  }
}
