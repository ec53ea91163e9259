import { describe, expect, it } from 'vitest';
import { modelsOf, stageOf } from '../../infra/stage.ts';
import { flightDelay, renamed, resourcesOf, stage, synthesize } from './synthesize.ts';

const dev = resourcesOf(synthesize([flightDelay]));

/** Names that people give resources, which must be unique in an account. */
const NAMES = /^(.+Name|Name)$/;

const namesOf = (resources: typeof dev): string[] =>
  Object.values(resources)
    .filter(({ Type }) => Type !== 'AWS::Lambda::Alias')
    .flatMap(({ Properties }) => Object.entries(Properties))
    .filter(([key, value]) => NAMES.test(key) && typeof value === 'string')
    .map(([, value]) => value as string)
    .filter((value) => value.includes('tidemill'));

describe('two stages in one account', () => {
  const test = resourcesOf(synthesize([flightDelay], { stage: stage('test') }));
  it('have the same resources, and no name in common', () => {
    expect(Object.keys(test)).toHaveLength(Object.keys(dev).length);
    expect(namesOf(dev).length).toBeGreaterThan(50);
    expect(namesOf(test).filter((name) => namesOf(dev).includes(name))).toEqual([]);
    expect(JSON.stringify(test)).not.toContain('tidemill-dev');
  });

  it('are told apart on the bill', () => {
    const tags = JSON.stringify(test['PlatformStorageBucket29B3F0F5'] ?? Object.values(test));
    expect(tags).toContain('{"Key":"stage","Value":"test"}');
    expect(tags).toContain('{"Key":"project","Value":"tidemill"}');
  });
});

describe('a stage', () => {
  it('is what cdk.json says of it', () => {
    expect(stage('prod')).toMatchObject({ keepsData: true, rollout: 'canary', described: true });
    expect(stage('dev')).toMatchObject({ keepsData: false, rollout: 'all-at-once' });
  });

  it('that cdk.json does not describe goes with its data', () => {
    expect(stage('test')).toMatchObject({ keepsData: false, described: false });
  });

  it('can be bent by one deployment', () => {
    const bent = stageOf('prod', { prod: { rollout: 'canary' } }, { rollout: 'all-at-once' });
    expect(bent.rollout).toBe('all-at-once');
    expect(stageOf('prod', { prod: { rollout: 'canary' } }, { rollout: undefined }).rollout).toBe(
      'canary',
    );
  });

  it('keeps to its account and region where cdk.json pins them', () => {
    const pinned = stageOf('prod', { prod: { account: '111122223333', region: 'eu-west-1' } });
    const template = synthesize([flightDelay], { stage: pinned });
    // Zones are left to the deployment: to ask AWS for them, synthesis would need credentials.
    expect(JSON.stringify(template.findResources('AWS::EC2::Subnet'))).toContain('Fn::GetAZs');
  });

  it.each([
    { wrong: { keepData: true }, says: 'keepData' },
    { wrong: { rollout: 'slowly' }, says: 'rollout' },
    { wrong: { account: '1234' }, says: 'account' },
  ])('fails on $wrong', ({ wrong, says }) => {
    expect(() => stageOf('prod', { prod: wrong })).toThrow(says);
  });

  it('has the models that it wants, and fails on those that nobody declared', () => {
    const declared = [flightDelay, renamed('churn')];
    const some = stageOf('prod', { prod: { models: ['churn'] } });
    const other = stageOf('prod', { prod: { models: ['fraud'] } });

    expect(modelsOf(stage('prod'), declared)).toEqual(declared);
    expect(modelsOf(some, declared).map(({ name }) => name)).toEqual(['churn']);
    expect(() => modelsOf(other, declared)).toThrow(
      "stage 'prod' in cdk.json wants the models fraud; there are: flight-delay, churn",
    );
  });
});

it('fails where one stack cannot hold all models, and says how to divide them', () => {
  const many = Array.from({ length: 6 }, (_, at) => renamed(`model-${at}`));

  expect(() => synthesize(many)).toThrow(
    /\d{3} resources of 500 that CloudFormation takes \(Model0 \d+.*"models" of a stage/,
  );
});
