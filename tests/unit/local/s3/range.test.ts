import { describe, expect, it } from 'vitest';
import { parseRange } from '../../../../local/s3/range.ts';

describe('parseRange', () => {
  it.each([
    { header: 'bytes=2-4', expected: { start: 2, end: 4 } },
    { header: 'bytes=7-', expected: { start: 7, end: 9 } },
    { header: 'bytes=-3', expected: { start: 7, end: 9 } },
    { header: 'bytes=0-999', expected: { start: 0, end: 9 } },
    { header: 'bytes=-999', expected: { start: 0, end: 9 } },
  ])('of $header in ten bytes is $expected', ({ header, expected }) => {
    expect(parseRange(header, 10)).toEqual(expected);
  });

  it.each([undefined, 'bytes=', 'bytes=-', 'bytes=4-2', 'bytes=0-1,3-4', 'lines=1-2'])(
    'of %j is the whole object',
    (header) => {
      expect(parseRange(header, 10)).toBeUndefined();
    },
  );

  it.each([
    { header: 'bytes=10-', size: 10 },
    { header: 'bytes=-0', size: 10 },
    { header: 'bytes=0-0', size: 0 },
    { header: 'bytes=-5', size: 0 },
  ])('fails for $header in $size bytes', ({ header, size }) => {
    expect(() => parseRange(header, size)).toThrow(
      expect.objectContaining({ code: 'InvalidRange', status: 416 }),
    );
  });
});
