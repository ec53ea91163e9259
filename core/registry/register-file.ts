/** A version out of an ONNX file that was trained elsewhere. */
import { createHash } from 'node:crypto';
import type { ObjectStore } from '../aws/objects.ts';
import type { ModelDefinition } from '../model/definition.ts';
import { layout } from '../model/layout.ts';
import { adoptFile } from '../onnx/adopt.ts';
import type { BindingHints } from '../onnx/bind.ts';
import type { Binding } from '../onnx/binding.ts';
import type { Registry } from './registry.ts';

export interface ForeignFile {
  readonly bytes: Uint8Array;
  readonly at: Date;
  readonly hints?: BindingHints;
}

export interface RegisteredFile {
  readonly version: number;
  readonly binding: Binding;
}

/**
 * Checks that the declaration can feed the file, and registers it. The same file keeps its version.
 *
 * @throws as `adoptFile`
 */
export async function registerFile(
  { registry, objects }: Stores,
  definition: ModelDefinition,
  { bytes, at, hints }: ForeignFile,
): Promise<RegisteredFile> {
  const adopted = await adoptFile(definition, bytes, hints);
  const sha256 = hashOf(adopted.bytes);
  const { name: model } = definition;
  const { version } = await registry.register({
    model,
    // No run of ours made it; its own hash names what did.
    runId: `file-${hashOf(bytes).slice(0, 12)}`,
    sha256,
    metrics: {},
    signature: adopted.signature,
    lineage: { datasetFingerprint: 'elsewhere', codeFingerprint: 'elsewhere' },
    at,
  });
  await objects.putIfAbsent(layout.modelFile(model, version), adopted.bytes);
  return { version, binding: adopted.binding };
}

interface Stores {
  readonly registry: Pick<Registry, 'register'>;
  readonly objects: Pick<ObjectStore, 'putIfAbsent'>;
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
