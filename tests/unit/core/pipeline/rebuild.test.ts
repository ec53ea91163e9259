import { describe, expect, it } from 'vitest';
import {
  environmentChanges,
  tellRebuild,
  type Rebuild,
} from '../../../../core/pipeline/rebuild.ts';

const same: Rebuild = {
  model: 'churn',
  version: 7,
  runId: 'train-1',
  identical: true,
  sha256: { recorded: 'aa', rebuilt: 'aa' },
  data: { recorded: 'd1', now: 'd1' },
  code: { recorded: 'c1', now: 'c1' },
  objects: [],
  environment: {},
};
const different = { ...same, identical: false, sha256: { recorded: 'aa', rebuilt: 'bb' } };

describe('tellRebuild', () => {
  it.each<[string, Rebuild, string]>([
    ['the same file', same, 'churn/7 was rebuilt to the byte: model.onnx has SHA-256 aa'],
    [
      'changed data',
      { ...different, objects: [{ key: 'datasets/churn/a.csv', problem: 'changed' }] },
      "churn/7 came out as another file: SHA-256 bb, recorded aa\n  data: 'datasets/churn/a.csv' is changed",
    ],
    [
      'data that is gone',
      {
        ...different,
        sha256: { recorded: 'aa' },
        objects: [{ key: 'datasets/churn/a.csv', problem: 'gone' }],
      },
      "churn/7 cannot be rebuilt\n  data: 'datasets/churn/a.csv' is gone",
    ],
    [
      'other code on another Node',
      {
        ...different,
        code: { recorded: 'c1', now: 'c2' },
        environment: { node: ['v20.1.0', 'v20.2.0'] },
      },
      'churn/7 came out as another file: SHA-256 bb, recorded aa\n' +
        '  code: fingerprint c2, recorded c1; deploy what was deployed then\n' +
        '  environment: node is v20.2.0, was v20.1.0',
    ],
  ])('tells %s', (_, rebuild, text) => {
    expect(tellRebuild(rebuild)).toBe(text);
  });

  it('does not blame what is as it was', () => {
    expect(tellRebuild(different)).toContain('report that training does not repeat');
  });
});

describe('environmentChanges', () => {
  it('has what is another, new or gone', () => {
    expect(environmentChanges({ node: 'v20', duckdb: '1' }, { node: 'v22', onnx: '3' })).toEqual({
      node: ['v20', 'v22'],
      duckdb: ['1', 'unknown'],
      onnx: ['unknown', '3'],
    });
  });
});
