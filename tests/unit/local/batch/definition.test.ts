import { describe, expect, it } from 'vitest';
import { resolveCommand } from '../../../../local/batch/definition.ts';

describe('resolveCommand', () => {
  it('puts parameters in the place of their placeholders', () => {
    const command = [
      'node',
      'main.mjs',
      'Ref::step',
      '--model',
      'Ref::model',
      's3://Ref::bucket/x',
    ];

    expect(resolveCommand(command, { step: 'train', model: 'churn', bucket: 'b' })).toEqual([
      'node',
      'main.mjs',
      'train',
      '--model',
      'churn',
      's3://b/x',
    ]);
  });

  it('fails for a placeholder without a value and names those that have one', () => {
    expect(() => resolveCommand(['Ref::run'], { model: 'churn' })).toThrow(
      "parameter 'run' of the command has no value (given: model)",
    );
  });
});
