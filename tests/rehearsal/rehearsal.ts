/** A deployment from an empty account to its end, against whatever stands in for AWS. */
import {
  CloudFormationClient,
  CloudFormationServiceException,
  DeleteChangeSetCommand,
} from '@aws-sdk/client-cloudformation';
import { type Checklist, NotHereError } from '../../cli/checklist.ts';
import { complaintOf, type CdkOptions, runCdk } from './cdk.ts';
import { limitIn } from './limits.ts';
import type { ProjectCopy } from './project-copy.ts';

type DeployMethod = 'change-set' | 'direct';

export interface Rehearsal {
  readonly list: Checklist;
  readonly project: ProjectCopy;
  readonly method: DeployMethod;
  /** What the stand-in was found not to do. */
  readonly limits: Set<string>;
}

/** @throws {NotHereError} if the stand-in cannot do it @throws {Error} with what cdk said */
export async function cdk(
  { project, limits }: Pick<Rehearsal, 'project' | 'limits'>,
  args: readonly string[],
  options: Omit<CdkOptions, 'folder'> = {},
): Promise<string> {
  const run = await runCdk(args, { ...options, folder: project.folder });
  const killed = run.code === null && options.killWhen !== undefined;
  if (run.code === 0 || killed) return run.said;
  const limit = limitIn(run.said);
  if (limit === undefined) throw new Error(complaintOf(run));
  return lack({ limits }, limit);
}

/** @throws {NotHereError} always: the stand-in `limit` */
export function lack({ limits }: Pick<Rehearsal, 'limits'>, limit: string): never {
  limits.add(limit);
  throw new NotHereError(`the stand-in ${limit}`);
}

/**
 * Every update begins by deleting the change set of the one before, which need not be there. Where
 * that fails, stacks are deployed without change sets.
 */
export async function methodOf({ limits }: Pick<Rehearsal, 'limits'>): Promise<DeployMethod> {
  const absent = { StackName: 'tidemill-nobody', ChangeSetName: 'nobody' };
  const client = new CloudFormationClient({ maxAttempts: 1 });
  try {
    await client.send(new DeleteChangeSetCommand(absent));
    return 'change-set';
  } catch (cause) {
    // To be told that there is no such thing is well.
    const isAnswer = cause instanceof CloudFormationServiceException && cause.$fault === 'client';
    if (isAnswer) return 'change-set';
  }
  limits.add(
    'breaks when a change set that is not there is deleted; deployed with --method=direct',
  );
  return 'direct';
}

/** Name of the stack of a stage in this rehearsal. */
export function stackOf({ project }: Pick<Rehearsal, 'project'>, stage: string): string {
  return `tidemill-${project.stageName(stage)}`;
}

export function deployArguments(
  { method, project }: Pick<Rehearsal, 'method' | 'project'>,
  stage: string,
  ...more: readonly string[]
): string[] {
  const choice = ['--require-approval', 'never', '--method', method];
  // Stand-ins that know no change sets forget what parameters were, too.
  if (method === 'direct') choice.push('--no-previous-parameters');
  return ['deploy', ...choice, '-c', `stage=${project.stageName(stage)}`, ...more];
}

/** @throws {Error} saying what differs, unless both are the same */
export function expectSame(what: string, actual: unknown, expected: unknown): void {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (is === should) return;
  if (!Array.isArray(actual) || !Array.isArray(expected)) {
    throw new Error(`${what} is ${is}, expected ${should}`);
  }
  const more = actual.filter((one) => !expected.includes(one));
  const fewer = expected.filter((one) => !actual.includes(one));
  throw new Error(
    `${what}: ${actual.length}, expected ${expected.length}; ` +
      `too many: ${more.join(', ') || 'none'}; missing: ${fewer.join(', ') || 'none'}`,
  );
}
