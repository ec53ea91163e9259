import { describe, expect, it } from 'vitest';
import { canonicalJson, checkChain, sealed } from '../../../../core/registry/alias-entry.ts';

const content = {
  model: 'churn',
  alias: 'champion',
  entry: 1,
  kind: 'promotion',
  version: 1,
  at: '2001-05-01T00:00:00.000Z',
  reason: 'first',
  by: 'tests',
} as const;

describe('canonicalJson', () => {
  it('is the same text for the same fact, whatever the order of its keys', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: undefined })).toBe(
      '{"b":[1,{"c":"x","d":null}]}',
    );
  });
});

describe('sealed', () => {
  it('carries the SHA-256 of its canonical JSON', () => {
    // printf '%s' '{"alias":"champion","at":"2001-05-01T00:00:00.000Z","by":"tests","entry":1,
    // "kind":"promotion","model":"churn","reason":"first","version":1}' | sha256sum
    expect(sealed(content).sha256).toBe(
      'be639230783e103f0bceed74115507862c1b8e58ad2639e2ed091c23333aa7f8',
    );
  });
});

describe('checkChain', () => {
  it('names an entry that was forged together with its own hash by the one that follows', () => {
    const first = sealed(content);
    const second = sealed({ ...content, entry: 2, version: 2, previous: first.sha256 });
    expect(checkChain([first, second])).toEqual({ intact: true, entries: 2 });

    const forged = sealed({ ...content, version: 3 });

    expect(checkChain([forged, second])).toEqual({
      intact: false,
      entry: 2,
      problem: 'it does not carry the hash of the entry before',
    });
  });
});
