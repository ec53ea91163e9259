import { describe, expect, it } from 'vitest';
import { tokenGate } from '../../../../core/serve/token-gate.ts';

function requestAt(seconds: number, authorization?: string) {
  return {
    method: 'POST',
    path: '/predict',
    headers: { authorization },
    body: '',
    at: new Date(Date.UTC(2001, 4, 1, 12, 0, seconds)),
    id: 'request-1',
  };
}

describe('tokenGate', () => {
  it('lets in who sends the token, and reads the secret once', async () => {
    let reads = 0;
    const gate = tokenGate(async () => {
      reads++;
      return 'secret';
    });

    await gate.admit(requestAt(0, 'Bearer secret'));
    await gate.admit(requestAt(200, 'bearer secret '));

    expect(reads).toBe(1);
  });

  it.each([undefined, '', 'secret', 'Basic secret', 'Bearer', 'Bearer Secret', 'Bearer secret2'])(
    'fails with 401 for %j',
    async (authorization) => {
      const gate = tokenGate(async () => 'secret');

      await expect(gate.admit(requestAt(0, authorization))).rejects.toMatchObject({
        status: 401,
        headers: { 'www-authenticate': 'Bearer' },
      });
    },
  );

  it('takes a new token at once, but is not made to read by every wrong one', async () => {
    let token = 'old';
    let reads = 0;
    const gate = tokenGate(async () => {
      reads++;
      return token;
    });
    await gate.admit(requestAt(0, 'Bearer old'));
    token = 'new';

    await gate.admit(requestAt(20, 'Bearer new'));
    for (const seconds of [21, 22, 23]) {
      await expect(gate.admit(requestAt(seconds, 'Bearer wrong'))).rejects.toThrow('wrong');
    }

    expect(reads).toBe(2);
    await expect(gate.admit(requestAt(24, 'Bearer old'))).rejects.toThrow('wrong');
  });
});
