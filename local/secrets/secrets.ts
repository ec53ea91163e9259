/** AWS Secrets Manager on this machine: secrets of the template, kept in the state folder. */
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod';
import type { Clock } from '../clock.ts';
import type { Place, Resource, ResourceHost } from '../resource.ts';
import { openStore } from '../store.ts';
import { AwsError } from '../wire/aws-error.ts';
import { parseInput } from '../wire/input.ts';
import { createRpcService } from '../wire/rpc.ts';
import type { Service } from '../wire/service.ts';
import { secretArn } from './secret-arn.ts';

export interface SecretsOptions {
  readonly stateFolder: string;
  readonly place: Place;
  readonly clock: Clock;
}

interface Secret {
  readonly name: string;
  readonly arn: string;
  readonly value: string;
  /** Counts the values that it has had. */
  readonly version: number;
  /** ISO 8601. */
  readonly changedAt: string;
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

const Properties = z.object({
  Name: z.string().optional(),
  SecretString: z.string().optional(),
  GenerateSecretString: z
    .object({
      PasswordLength: z.coerce.number().int().min(1).max(4096).default(32),
      ExcludePunctuation: z.coerce.boolean().default(false),
      ExcludeCharacters: z.string().default(''),
    })
    .optional(),
});

const Named = z.object({ SecretId: z.string() });
const Put = Named.extend({ SecretString: z.string() });

/** Hosts `AWS::SecretsManager::Secret`. A value that was generated once stays. */
export function createSecrets({ stateFolder, place, clock }: SecretsOptions) {
  const store = openStore<Secret>(join(stateFolder, 'secrets', 'secrets.jsonl'));

  const find = (id: string): Secret => {
    const found = store.values().find((secret) => secret.name === id || secret.arn === id);
    if (found) return found;
    const code = 'ResourceNotFoundException';
    throw new AwsError(code, "Secrets Manager can't find the specified secret.");
  };

  const put = (name: string, value: string): Secret => {
    const secret: Secret = {
      name,
      arn: secretArn(place, name),
      value,
      version: (store.get(name)?.version ?? 0) + 1,
      changedAt: clock.now().toISOString(),
    };
    store.set(name, secret);
    return secret;
  };

  async function create({ properties, defaultName }: Resource) {
    const { Name, SecretString, GenerateSecretString: rule } = Properties.parse(properties);
    const name = Name ?? defaultName;
    const known = store.get(name);
    const secret =
      known && SecretString === undefined
        ? known
        : put(name, SecretString ?? (rule ? generated(rule) : ''));
    return { ref: secret.arn, attributes: { Id: secret.arn } };
  }

  const described = ({ name, arn: ARN, version, changedAt }: Secret) => ({
    ARN,
    Name: name,
    VersionId: versionId(version),
    CreatedDate: new Date(changedAt),
  });

  const service: Service = createRpcService({
    signingName: 'secretsmanager',
    operations: {
      async GetSecretValue(input) {
        const secret = find(parseInput(Named, input).SecretId);
        const VersionStages = ['AWSCURRENT'];
        return { ...described(secret), SecretString: secret.value, VersionStages };
      },
      DescribeSecret: async (input) => described(find(parseInput(Named, input).SecretId)),
      async PutSecretValue(input) {
        const { SecretId, SecretString } = parseInput(Put, input);
        return described(put(find(SecretId).name, SecretString));
      },
      ListSecrets: async () => ({ SecretList: store.values().map(described) }),
    },
  });
  const hosts: ResourceHost[] = [{ types: ['AWS::SecretsManager::Secret'], create }];
  return { service, hosts, values: () => store.values(), close: () => store.close() };
}

function generated(rule: NonNullable<z.output<typeof Properties>['GenerateSecretString']>): string {
  const all = LETTERS + LETTERS.toUpperCase() + DIGITS;
  const characters = (rule.ExcludePunctuation ? all : all + PUNCTUATION)
    .split('')
    .filter((character) => !rule.ExcludeCharacters.includes(character));
  return Array.from(
    { length: rule.PasswordLength },
    () => characters[randomInt(characters.length)],
  ).join('');
}

/** Shaped as the real ones are. */
function versionId(version: number): string {
  return `00000000-0000-4000-8000-${String(version).padStart(12, '0')}`;
}
