/** Which copy of the stack this is, and what follows from that: `stages` in cdk.json says it. */
import { RemovalPolicy } from 'aws-cdk-lib';
import * as z from 'zod';

/** How new code of a serving function gets its callers; see infra/rollout.ts. */
const Rollout = z.enum(['canary', 'all-at-once']);

/** What `stages` of cdk.json may say about a stage. */
const Description = z.strictObject({
  /** Bucket, table, logs and secrets stay when the stack goes. */
  keepsData: z.boolean().default(false),
  rollout: Rollout.default('all-at-once'),
  alarmEmail: z.string().optional(),
  /** Dollars above what is usual from which people are told; nobody is without it. */
  costAlarmDollars: z.number().positive().optional(),
  /** The only account, and region, that this stage may be deployed to. */
  account: z.stringFormat('account', /^\d{12}$/).optional(),
  region: z.string().optional(),
  /** Models that live here, where one stack cannot hold them all. */
  models: z
    .union([z.array(z.string()), z.string().transform((names) => names.split(','))])
    .optional(),
});

export interface Stage extends z.output<typeof Description> {
  readonly name: string;
  readonly removal: RemovalPolicy;
  /** False if cdk.json does not know the stage, whose data then goes with its stack. */
  readonly described: boolean;
}

/**
 * @param stages what cdk.json says about each stage, by name
 * @param asked what this deployment wants otherwise; undefined is as described
 * @throws {Error} if the name cannot be part of every resource name, or its description is wrong
 */
export function stageOf(
  name: unknown,
  stages: unknown = {},
  asked: Readonly<Record<string, string | undefined>> = {},
): Stage {
  if (typeof name !== 'string' || !/^[a-z][a-z0-9]{0,9}$/.test(name)) {
    throw new Error(
      `stage '${String(name)}' must be at most 10 lower case letters and digits, letter first; ` +
        `for example: cdk deploy -c stage=prod`,
    );
  }
  const all = z.record(z.string(), z.unknown()).parse(stages);
  const overrides = Object.entries(asked).filter(([, value]) => value !== undefined);
  const described = z.record(z.string(), z.unknown()).parse(all[name] ?? {});
  const { success, data, error } = Description.safeParse({
    ...described,
    ...Object.fromEntries(overrides),
  });
  if (!success) {
    throw new Error(
      `stage '${name}' cannot be as cdk.json and -c want it:\n${z.prettifyError(error)}`,
    );
  }
  // Kept from when it is in use: what a first deployment made that failed would be in the next one's way.
  const kept = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
  const removal = data.keepsData ? kept : RemovalPolicy.DESTROY;
  return { ...data, name, removal, described: name in all };
}

/** Returns the models that live in a stage. @throws {Error} if it wants one that is not declared */
export function modelsOf<M extends { readonly name: string }>(
  { name, models: wanted }: Stage,
  declared: readonly M[],
): readonly M[] {
  if (wanted === undefined) return declared;
  const missing = wanted.filter((one) => declared.every((model) => model.name !== one));
  if (missing.length > 0) {
    const known = declared.map((model) => model.name).join(', ');
    throw new Error(
      `stage '${name}' in cdk.json wants the models ${missing.join(', ')}; there are: ${known}`,
    );
  }
  return declared.filter((model) => wanted.includes(model.name));
}
