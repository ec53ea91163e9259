import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSecrets } from '../../../../local/secrets/secrets.ts';
import { createVirtualClock } from '../scheduler/virtual-clock.ts';

const place = { account: '000000000000', region: 'us-east-1', partition: 'aws' } as const;
const token = {
  logicalId: 'Token',
  type: 'AWS::SecretsManager::Secret',
  defaultName: 'stack-Token-1',
  properties: {
    Name: 'dev/token',
    GenerateSecretString: { PasswordLength: 43, ExcludePunctuation: true },
  },
};

describe('secrets', () => {
  let stateFolder: string;
  beforeEach(() => {
    stateFolder = mkdtempSync(join(tmpdir(), 'tidemill-secrets-'));
  });
  afterEach(() => rmSync(stateFolder, { recursive: true }));

  const open = () =>
    createSecrets({ stateFolder, place, clock: createVirtualClock('2026-11-24T12:00:00Z') });
  const valueIn = () => {
    const secrets = open();
    secrets.close();
    return secrets.values()[0]?.value ?? '';
  };

  it('generates a value as the template asks, and keeps it over restarts', async () => {
    const first = open();
    const created = await first.hosts[0]!.create(token);
    first.close();
    const value = valueIn();

    expect(value).toMatch(/^[A-Za-z0-9]{43}$/);
    expect(created.ref).toBe(
      'arn:aws:secretsmanager:us-east-1:000000000000:secret:dev/token-laptop',
    );
    const again = open();
    await again.hosts[0]!.create(token);
    again.close();
    expect(valueIn()).toBe(value);
  });

  it('takes a value that the template gives', async () => {
    const secrets = open();
    await secrets.hosts[0]!.create({
      ...token,
      properties: { Name: 'dev/token', SecretString: 'told' },
    });
    secrets.close();

    expect(valueIn()).toBe('told');
  });
});
