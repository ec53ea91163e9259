import { describe, expect, it } from 'vitest';
import { openedOnce } from '../../../lambdas/opened-once.ts';

describe('openedOnce', () => {
  it('opens at the first event, and once', async () => {
    let opened = 0;
    const handler = openedOnce(async () => {
      opened++;
      return async (event: string) => `seen ${event}`;
    });
    expect(opened).toBe(0);

    expect(await Promise.all([handler('a'), handler('b')])).toEqual(['seen a', 'seen b']);
    expect(opened).toBe(1);
  });

  it('fails the event when it cannot open, and tries again at the next', async () => {
    let opened = 0;
    const handler = openedOnce(async () => {
      opened++;
      if (opened === 1) throw new Error('environment variable MODEL is not set');
      return async (event: string) => event;
    });

    await expect(handler('a')).rejects.toThrow('environment variable MODEL is not set');
    expect(await handler('b')).toBe('b');
  });
});
