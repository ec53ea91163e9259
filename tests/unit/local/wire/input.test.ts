import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { flag, list, number, parseInput, timestamp } from '../../../../local/wire/input.ts';

const Schema = z.object({ count: number, on: flag, at: timestamp, names: list(z.string()) });

describe('parseInput', () => {
  it.each([
    {
      protocol: 'JSON',
      input: { count: 2.5, on: true, at: 1_767_225_600.5, names: ['a'] },
    },
    {
      protocol: 'CBOR',
      input: { count: 2.5, on: true, at: new Date('2026-01-01T00:00:00.500Z'), names: ['a'] },
    },
    {
      protocol: 'the query protocol',
      input: { count: '2.5', on: 'true', at: '2026-01-01T00:00:00.500Z', names: ['a'] },
    },
  ])('reads the same from $protocol', ({ input }) => {
    expect(parseInput(Schema, input)).toEqual({
      count: 2.5,
      on: true,
      // 1767225600 is 2026-01-01T00:00:00Z
      at: new Date(1_767_225_600_500),
      names: ['a'],
    });
  });

  it('reads an empty list of the query protocol', () => {
    expect(parseInput(list(z.string()), '' as never)).toEqual([]);
  });

  it('fails with the code of the service and the name of the member', () => {
    expect(() => parseInput(Schema, { count: 'x' }, 'InvalidParameterValue')).toThrow(
      expect.objectContaining({
        code: 'InvalidParameterValue',
        status: 400,
        message: expect.stringContaining('count') as string,
      }),
    );
  });
});
