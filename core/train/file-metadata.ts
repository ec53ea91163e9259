/** What a model's file says about itself. */
import { signatureOf } from '../model/signature.ts';
import { METADATA } from '../onnx/metadata.ts';
import type { FileInfo, TrainingTask } from './trainer.ts';

export function fileMetadata(
  task: TrainingTask,
  { metadata = {} }: FileInfo = {},
): Readonly<Record<string, string>> {
  return {
    [METADATA.model]: task.name,
    [METADATA.signature]: JSON.stringify(signatureOf(task)),
    ...(task.target.kind === 'binary' && {
      [METADATA.threshold]: String(task.target.threshold ?? 0.5),
    }),
    ...metadata,
  };
}
