/** What is looked at before a deploy: permissions, bootstrap, the stack that is there, and limits. */
import type { Account } from './account.ts';
import { type Check, ok, room, stop } from './check.ts';
import type { Planned } from './planned.ts';

/** CloudFormation's own: docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const MOST_RESOURCES = 500;

/** Lambda keeps so many for functions that reserve none, whatever is asked. */
const KEPT_UNRESERVED = 100;

export function checksOf(account: Account, planned: Planned): Check[] {
  return [
    credentials(account),
    bootstrap(account, planned),
    stackState(account, planned),
    {
      title: 'resources of the stack',
      look: async () =>
        planned.resources <= MOST_RESOURCES
          ? ok(`${planned.resources} of the ${MOST_RESOURCES} that one stack may have`)
          : stop(
              `${planned.resources}, and one stack may have ${MOST_RESOURCES}`,
              "spread models over stages: 'models' of a stage in cdk.json names those it has",
            ),
    },
    {
      title: 'Lambda calls at once',
      look: async () => {
        const free = await account.unreservedConcurrency();
        return room('reserved calls', planned.reservedConcurrency, free - KEPT_UNRESERVED, 0);
      },
    },
    {
      title: 'Kinesis shards',
      look: async () => {
        const { limit, used } = await account.shards();
        return room('shards', await onlyIfNew(account, planned, planned.shards), limit, used);
      },
    },
    {
      title: 'Fargate vCPUs',
      look: async () => {
        const [onDemand, spot] = await Promise.all([
          account.quota('fargate', 'L-3032A538'),
          account.quota('fargate', 'L-36FBB829'),
        ]);
        return room('vCPUs at once', planned.vcpus, Math.min(onDemand, spot), 0);
      },
    },
    {
      title: 'VPCs',
      look: async () => {
        const [limit, used] = await Promise.all([
          account.quota('vpc', 'L-F678F1CE'),
          account.vpcs(),
        ]);
        return room('VPCs', await onlyIfNew(account, planned, 1), limit, used);
      },
    },
  ];
}

function credentials(account: Account): Check {
  return {
    title: 'credentials',
    look: async () => {
      try {
        return ok(await account.identity());
      } catch (cause) {
        const cure = 'sign in, for example with aws sso login, and name AWS_PROFILE and AWS_REGION';
        return stop(cause instanceof Error ? cause.message : String(cause), cure);
      }
    },
  };
}

function bootstrap(account: Account, { bootstrap: { parameter, version } }: Planned): Check {
  return {
    title: 'CDK bootstrap',
    look: async () => {
      const found = await account.bootstrapVersion(parameter);
      if (found !== undefined && found >= version) return ok(`version ${found}`);
      const says = found === undefined ? 'not there' : `version ${found}, older than ${version}`;
      return stop(says, 'run: npx cdk bootstrap');
    },
  };
}

function stackState(account: Account, { stack }: Planned): Check {
  return {
    title: `stack ${stack}`,
    look: async () => {
      const status = await account.stackStatus(stack);
      if (status === undefined) return ok('not there yet');
      if (status === 'ROLLBACK_COMPLETE' || status === 'ROLLBACK_FAILED') {
        const cure = `its first deploy failed; delete it: aws cloudformation delete-stack --stack-name ${stack}`;
        return stop(status, cure);
      }
      if (status.endsWith('IN_PROGRESS')) return stop(status, 'wait until it is done');
      if (status.endsWith('FAILED')) {
        const cure = `run: aws cloudformation continue-update-rollback --stack-name ${stack}`;
        return stop(status, cure);
      }
      return ok(status);
    },
  };
}

/** What an existing stack has, it need not get again. */
async function onlyIfNew(account: Account, { stack }: Planned, needed: number): Promise<number> {
  return (await account.stackStatus(stack)) === undefined ? needed : 0;
}
