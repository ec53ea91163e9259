import { describe, expect, it } from 'vitest';
import { compilePattern } from '../../../../local/events/pattern.ts';

const event = {
  source: 'aws.batch',
  'detail-type': 'Batch Job State Change',
  resources: ['arn:aws:batch:us-east-1:0:job/1'],
  detail: { status: 'FAILED', attempts: 3, jobName: 'train-churn', tags: {} },
};

describe('compilePattern', () => {
  it.each([
    { pattern: { source: ['aws.batch'] }, expected: true },
    {
      pattern: { source: ['aws.s3', 'aws.batch'], detail: { status: ['FAILED'] } },
      expected: true,
    },
    { pattern: { source: ['aws.batch'], detail: { status: ['SUCCEEDED'] } }, expected: false },
    { pattern: { detail: { jobName: [{ prefix: 'train-' }] } }, expected: true },
    { pattern: { detail: { jobName: [{ suffix: '-fraud' }] } }, expected: false },
    { pattern: { detail: { jobName: [{ wildcard: 'tr*-churn' }] } }, expected: true },
    { pattern: { detail: { jobName: [{ wildcard: 'train.churn' }] } }, expected: false },
    { pattern: { detail: { jobName: [{ wildcard: '*-fraud' }] } }, expected: false },
    { pattern: { detail: { status: [{ 'anything-but': ['FAILED'] }] } }, expected: false },
    {
      pattern: { detail: { jobName: [{ 'anything-but': { prefix: 'score-' } }] } },
      expected: true,
    },
    { pattern: { detail: { reason: [{ 'anything-but': 'x' }] } }, expected: false },
    { pattern: { detail: { reason: [{ exists: false }] } }, expected: true },
    { pattern: { detail: { status: [{ exists: false }] } }, expected: false },
    { pattern: { detail: { attempts: [{ numeric: ['>', 2, '<=', 3] }] } }, expected: true },
    { pattern: { detail: { attempts: [{ numeric: ['>', 3] }] } }, expected: false },
    { pattern: { resources: [{ prefix: 'arn:aws:batch:' }] }, expected: true },
    { pattern: { $or: [{ source: ['x'] }, { detail: { attempts: [3] } }] }, expected: true },
    { pattern: { detail: { status: [{ 'equals-ignore-case': 'failed' }] } }, expected: true },
  ])('$pattern: $expected', ({ pattern, expected }) => {
    expect(compilePattern(pattern)(event)).toBe(expected);
  });

  it.each([
    {
      pattern: { detail: { status: 'FAILED' } },
      message: /'detail.status' must be a list.*write \["FAILED"\]/,
    },
    {
      pattern: { source: [{ like: 'x' }] },
      message: /'source' has the matcher .*known are: prefix/,
    },
    { pattern: { detail: { n: [{ numeric: ['~', 1] }] } }, message: /write for instance \[">", 0/ },
  ])('fails on $pattern', ({ pattern, message }) => {
    expect(() => compilePattern(pattern)).toThrow(message);
  });
});
