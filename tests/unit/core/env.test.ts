import { describe, expect, it } from 'vitest';
import { requireEnv } from '../../../core/env.ts';

describe('requireEnv', () => {
  it('returns what the environment says', () => {
    expect(requireEnv('BUCKET', { BUCKET: 'mill' })).toBe('mill');
  });

  it.each([{}, { BUCKET: '' }])('fails on %j and names the variable', (environment) => {
    expect(() => requireEnv('BUCKET', environment)).toThrow(
      'environment variable BUCKET is not set; the stack sets it for functions and jobs, by hand: BUCKET=<value>',
    );
  });
});
