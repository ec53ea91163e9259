/** `npm run rehearse`: bootstraps, deploys, updates and destroys, wherever AWS_ENDPOINT_URL leads. */
import { createChecklist } from '../../cli/checklist.ts';
import { projectRoot } from '../../cli/project.ts';
import { copyProject } from './project-copy.ts';
import { methodOf, type Rehearsal } from './rehearsal.ts';
import { bootstrap, end, firstDeploy, interruption, production, updates } from './scenes.ts';

/** What no stand-in is asked here, and where it is proven instead. */
const ELSEWHERE = [
  'jobs run, streams are read, alarms ring: the integration tests, against the laptop region',
  'new code gets a tenth of the calls first: only CodeDeploy itself shows that',
];

async function rehearse(play: Rehearsal): Promise<void> {
  if (!(await bootstrap(play))) return;
  if (await firstDeploy(play)) {
    await updates(play);
    await interruption(play);
    await end(play, 'test');
    await end(play, 'dev');
  }
  await production(play);
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
  try {
    await rehearse(play);
  } finally {
    play.project.remove();
  }
  for (const limit of play.limits) console.log(`\nnot rehearsed: the stand-in ${limit}`);
  for (const proof of ELSEWHERE) console.log(`not rehearsed: ${proof}`);
  console.log(list.failed.length === 0 ? '\nall went well' : `\n${list.failed.length} failed`);
  process.exitCode = list.failed.length === 0 ? 0 : 1;
}

await main();
