/** What happens to a stack in its life, scene by scene. */
import { describe, invoke, namesOf, servedBy, storageOf } from './made.ts';
import { typesInStack, typesInTemplate } from './made.ts';
import { cdk, deployArguments, expectSame, lack, type Rehearsal, stackOf } from './rehearsal.ts';

/** The function whose memory is changed. */
const predictOf = (play: Pick<Rehearsal, 'project'>): string =>
  `${stackOf(play, 'dev')}-flight-delay-predict`;

export async function bootstrap({ list, ...play }: Rehearsal): Promise<boolean> {
  return list.check('bootstrap the account', async () => {
    await cdk(play, ['bootstrap']);
  });
}

/** A stage comes to be; answers whether the scenes after it make sense. */
export async function firstDeploy({ list, ...play }: Rehearsal): Promise<boolean> {
  const deployed = await list.check('deploy dev', async () => {
    await cdk(play, deployArguments(play, 'dev'));
  });
  if (!deployed) return false;
  await list.check('every resource is there', async () => {
    const wanted = typesInTemplate(play.project.folder, stackOf(play, 'dev'));
    expectSame('the stack', await typesInStack(stackOf(play, 'dev')), wanted);
    return `${wanted.length} resources`;
  });
  await list.check('outputs say what a person needs', async () => {
    const { outputs } = await describe(stackOf(play, 'dev'));
    if (outputs.size === 0) lack(play, 'keeps no outputs of a stack that a change set made');
    const empty = [...outputs].filter(([, value]) => value === '').map(([key]) => key);
    expectSame('outputs without a value', empty, []);
    return `${outputs.size} outputs`;
  });
  await list.check('callers reach version 1', async () => {
    expectSame('the alias', await servedBy(predictOf(play)), {
      memoryMiB: 1024,
      version: '1',
    });
  });
  await list.check('the bundle that was uploaded starts', async () => {
    const answer = await invoke(`${stackOf(play, 'dev')}-flight-delay-archive`, { Records: [] });
    expectSame('the answer', answer, { batchItemFailures: [] });
  });
  await list.check('deployed again, nothing changes', async () => {
    const before = await namesOf(stackOf(play, 'dev'));
    await cdk(play, deployArguments(play, 'dev'));
    expectSame('what is there', await namesOf(stackOf(play, 'dev')), before);
    expectSame('the version', (await servedBy(predictOf(play))).version, '1');
  });
  return true;
}

/** A model is added and a parameter changed; then the parameter comes back, and the model goes. */
export async function updates({ list, ...play }: Rehearsal): Promise<void> {
  const { project } = play;
  const before = await costingOf(stackOf(play, 'dev'));
  await list.check('add a model, give the first more memory', async () => {
    project.addModel('second');
    project.setMemory(2048);
    await cdk(play, deployArguments(play, 'dev'));
    const wanted = typesInTemplate(project.folder, stackOf(play, 'dev'));
    expectSame('the stack', await typesInStack(stackOf(play, 'dev')), wanted);
    return `${wanted.length} resources`;
  });
  await list.check('callers reach version 2', async () => {
    const { memoryMiB, version } = await servedBy(predictOf(play));
    expectSame('memory', memoryMiB, 2048);
    if (version === '1') lack(play, 'publishes a version before the change that it is of');
    expectSame('the version', version, '2');
  });
  await list.check('roll back to the code of before', async () => {
    project.setMemory(undefined);
    await cdk(play, deployArguments(play, 'dev'));
    const { memoryMiB } = await servedBy(predictOf(play));
    expectSame('memory', memoryMiB, 1024);
  });
  await list.check('remove the second model', async () => {
    project.removeModel('second');
    await cdk(play, deployArguments(play, 'dev'));
  });
  await list.check('nothing is left of it, and all of the first', async () => {
    expectSame('what is there', await costingOf(stackOf(play, 'dev')), before);
  });
}

/** A definition that was replaced or removed stays listed for a while, on AWS too, and is free. */
async function costingOf(stack: string): Promise<string[]> {
  return (await namesOf(stack)).filter((name) => !name.startsWith('job definition'));
}

/** Another stage in the same account, whose first deployment breaks off half-way. */
export async function interruption({ list, ...play }: Rehearsal): Promise<void> {
  const dev = await namesOf(stackOf(play, 'dev'));
  await list.check('kill a deploy of stage test half-way', async () => {
    const stack = stackOf(play, 'test');
    let status: string | undefined;
    const killWhen = async (): Promise<boolean> => {
      status = await describe(stack).then(
        (found) => found.status,
        () => undefined,
      );
      return status !== undefined;
    };
    const said = await cdk(play, deployArguments(play, 'test'), { killWhen });
    if (/Outputs:/.test(said)) lack(play, 'makes a stack at once, so that no deploy is half-way');
    return `the stack was ${status}`;
  });
  await list.check('the same deploy again', async () => {
    await cdk(play, deployArguments(play, 'test'));
    const wanted = typesInTemplate(play.project.folder, stackOf(play, 'test'));
    expectSame('the stack', await typesInStack(stackOf(play, 'test')), wanted);
  });
  await list.check('stage dev has not noticed', async () => {
    expectSame('what is there', await namesOf(stackOf(play, 'dev')), dev);
  });
}

/** Prod keeps its data, and from its second deployment on changes little by little. */
export async function production({ list, ...play }: Rehearsal): Promise<void> {
  await list.check('deploy prod, all at once', async () => {
    // Nor what few stand-ins have, so that they show the rest.
    play.project.bendStage('prod', { costAlarmDollars: undefined });
    await cdk(play, deployArguments(play, 'prod', '-c', 'rollout=all-at-once'));
    const wanted = typesInTemplate(play.project.folder, stackOf(play, 'prod'));
    expectSame('the stack', await typesInStack(stackOf(play, 'prod')), wanted);
    return `${wanted.length} resources`;
  });
  await list.check('prod guards its bucket and table', async () => {
    const { bucket } = await describe(stackOf(play, 'prod'));
    const kept = await storageOf(bucket, stackOf(play, 'prod'));
    expectSame('storage', kept, { bucket: true, versioned: true, table: true, protected: true });
  });
  await list.check('prod is not destroyed by accident', async () => {
    const { isProtected } = await describe(stackOf(play, 'prod'));
    expectSame('protection of the stack', isProtected, true);
  });
  await list.check('deploy prod, gradually and with an alarm on its cost', async () => {
    play.project.bendStage('prod');
    await cdk(play, deployArguments(play, 'prod'));
  });
}

/** @param stage which goes with all that it has, as its description says */
export async function end({ list, ...play }: Rehearsal, stage: string): Promise<void> {
  const stack = stackOf(play, stage);
  const { bucket } = await describe(stack);
  await list.check(`destroy ${stage}`, async () => {
    await cdk(play, ['destroy', '--force', '-c', `stage=${play.project.stageName(stage)}`]);
  });
  await list.check(`nothing that costs is left of ${stage}`, async () => {
    expectSame('what is there', await costingOf(stack), []);
    const { bucket: hasBucket, table } = await storageOf(bucket, stack);
    expectSame('storage', { hasBucket, table }, { hasBucket: false, table: false });
  });
}
