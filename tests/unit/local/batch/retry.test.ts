import { describe, expect, it } from 'vitest';
import { mayRetry } from '../../../../local/batch/retry.ts';

const exited = (exitCode: number) => ({
  exitCode,
  statusReason: 'Essential container in task exited',
});

describe('mayRetry', () => {
  it.each([
    { attemptsMade: 1, expected: true },
    { attemptsMade: 2, expected: true },
    { attemptsMade: 3, expected: false },
  ])('of three attempts, after $attemptsMade: $expected', ({ attemptsMade, expected }) => {
    expect(mayRetry({ attempts: 3, evaluateOnExit: [] }, attemptsMade, exited(1))).toBe(expected);
  });

  it('takes the first rule whose globs all match', () => {
    const strategy = {
      attempts: 5,
      evaluateOnExit: [
        { action: 'RETRY', onExitCode: '1', onStatusReason: 'Host EC2*' },
        { action: 'EXIT', onExitCode: '2' },
        { action: 'RETRY', onStatusReason: 'host ec2*' },
        { action: 'EXIT', onReason: '*' },
      ],
    } as const;

    expect(mayRetry(strategy, 1, exited(2))).toBe(false);
    expect(mayRetry(strategy, 1, { statusReason: 'Host EC2 (instance i-1) terminated.' })).toBe(
      true,
    );
    expect(mayRetry(strategy, 1, exited(1))).toBe(false);
  });

  it('retries where no rule matches', () => {
    const strategy = {
      attempts: 2,
      evaluateOnExit: [{ action: 'EXIT', onExitCode: '2' }],
    } as const;

    expect(mayRetry(strategy, 1, exited(20))).toBe(true);
  });
});
