/** Access keys by which functions and jobs sign what they ask of the region. */
import { createHash } from 'node:crypto';
import type { Principal } from './iam/principal.ts';
import type { Roles } from './services.ts';

export interface AccessKey {
  readonly AWS_ACCESS_KEY_ID: string;
  readonly AWS_SECRET_ACCESS_KEY: string;
  readonly AWS_SESSION_TOKEN: string;
}

type Role = Extract<Principal, { kind: 'role' }>;

/** Keeps whose keys are whose; a region has one. */
export interface Credentials {
  /** Returns the key of code that runs with a role, as environment variables; always the same one. */
  issue(roleArn: string, session: string): AccessKey;
  /** Finds who has a key, and its secret. */
  find(accessKeyId: string): { readonly principal: Role; readonly secret: string } | undefined;
}

/** Roles that may be taken on by anybody, where no template says otherwise. */
export function openRoles(): Roles {
  return { ...createCredentials(), requireTrust: () => undefined };
}

export function createCredentials(): Credentials {
  const known = new Map<string, { readonly principal: Role; readonly secret: string }>();
  return {
    issue(roleArn, session) {
      const digest = createHash('sha256').update(`${roleArn} ${session}`).digest('hex');
      const accessKeyId = `ASIA${digest.slice(0, 16).toUpperCase()}`;
      const secret = digest.slice(16, 56);
      known.set(accessKeyId, { principal: { kind: 'role', roleArn, session }, secret });
      return {
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secret,
        AWS_SESSION_TOKEN: 'laptop',
      };
    },
    find: (accessKeyId) => known.get(accessKeyId),
  };
}
