/** `npm run rehearse`: bootstraps, deploys, updates and destroys, wherever AWS_ENDPOINT_URL leads. */
import { type Checklist, createChecklist } from '../../cli/checklist.ts';
import { projectRoot } from '../../cli/project.ts';
import { copyProject } from './project-copy.ts';
import { describe } from './made.ts';
import { methodOf, type Rehearsal, stackOf } from './rehearsal.ts';
import { bootstrap, end, firstDeploy, interruption, production, updates } from './scenes.ts';

/** What no stand-in is asked here, and where it is proven instead. */
const ELSEWHERE = [
  'jobs run, streams are read, alarms ring: the integration tests, against the laptop region',
  'new code gets a tenth of the calls first: only CodeDeploy itself shows that',
];

/** Answers whether there was anything to rehearse on: a stage that could be deployed. */
async function rehearse(play: Rehearsal): Promise<boolean> {
  if (!(await bootstrap(play))) return false;
  const deployed = await firstDeploy(play);
  if (deployed) {
    await updates(play);
    await interruption(play);
    await end(play, 'test');
    await end(play, 'dev');
  }
  await production(play);
  return deployed;
}

/** Prod stays by intention, and another stack where the stand-in could not destroy it. */
async function leftBehind(play: Rehearsal): Promise<string[]> {
  const stacks = ['dev', 'test', 'prod'].map((stage) => stackOf(play, stage));
  const there = await Promise.all(stacks.map((stack) => describe(stack).catch(() => undefined)));
  return stacks.filter((_, at) => there[at] !== undefined);
}

function verdictOf({ failed, notHere }: Checklist, deployed: boolean): string {
  if (failed.length > 0) return `${failed.length} failed: ${failed.join(', ')}`;
  if (!deployed) return 'this stand-in cannot even deploy dev, so next to nothing was rehearsed';
  if (notHere.length === 0) return 'all went well';
  return `all went well that this stand-in can do; ${notHere.length} parts it cannot, see above`;
}

async function main(): Promise<void> {
  const { AWS_ENDPOINT_URL: endpoint } = process.env;
  if (endpoint === undefined) {
    console.log(
      'skipped: AWS_ENDPOINT_URL names no stand-in for AWS to rehearse on; ' +
        'start one, for example moto_server with the CloudFormation types that the stack has',
    );
    return;
  }
  if (/\.amazonaws\.com/.test(endpoint)) {
    throw new Error(`a rehearsal destroys what it made, so it keeps away from ${endpoint}`);
  }
  const list = createChecklist({
    write: (text) => process.stdout.write(text),
    elapsedMs: () => performance.now(),
  });
  const limits = new Set<string>();
  const play = {
    list,
    project: copyProject(projectRoot),
    limits,
    method: await methodOf({ limits }),
  };
  console.log(`\nA deployment, rehearsed at ${endpoint}\n`);
  let deployed = false;
  try {
    deployed = await rehearse(play);
  } finally {
    play.project.remove();
  }
  const tells = [
    ...(await leftBehind(play)).map((stack) => `left behind: ${stack}`),
    ...[...limits].map((limit) => `not rehearsed: the stand-in ${limit}`),
    ...ELSEWHERE.map((proof) => `not rehearsed: ${proof}`),
  ];
  console.log(`\n${tells.join('\n')}\n\n${verdictOf(list, deployed)}`);
  process.exitCode = deployed && list.failed.length === 0 ? 0 : 1;
}

await main();
