import { describe, expect, it } from 'vitest';
import { defineModel, type ModelDeclaration } from '../../../../core/model/index.ts';
import { loadModels } from '../../../../models/index.ts';

const churn: ModelDeclaration = {
  name: 'churn',
  problem: { statement: 'Will they leave?', decision: 'Call them', owner: 'ops@example.com' },
  data: { time: 'at' },
  target: { kind: 'binary', column: 'left', atLeast: 1 },
  features: {
    at: { kind: 'timestamp', description: 'Start of the month' },
    plan: { kind: 'category', description: 'Tariff' },
    spend: { kind: 'number', description: 'Monthly bill', minimum: 0 },
  },
  derived: { weekday: { kind: 'day-of-week', from: 'at' } },
  trainer: { algorithm: 'linear' },
  split: { trainingDays: 90, holdoutDays: 30 },
  gate: { metric: 'auc', beatBaselineBy: 0.02 },
  serving: { online: {} },
};

describe('defineModel', () => {
  it('fills in every default', () => {
    const model = defineModel(churn);

    expect(model.target).toMatchObject({ threshold: 0.5 });
    expect(model.data.format).toBe('parquet');
    expect(model.trainer).toMatchObject({ candidates: 1, search: {}, job: { vcpus: 2 } });
    expect(model.serving.online).toMatchObject({ access: 'iam', maximumRows: 1000 });
    expect(model.serving.stream).toBeUndefined();
  });

  it('keeps what is declared', () => {
    const model = defineModel({ ...churn, serving: { online: { memoryMiB: 2048 } } });

    expect(model.serving.online?.memoryMiB).toBe(2048);
  });

  it.each<{ wrong: string; change: Partial<ModelDeclaration>; says: RegExp }>([
    { wrong: 'name', change: { name: 'Churn!' }, says: /name 'Churn!' must be lower case/ },
    {
      wrong: 'owner',
      change: { problem: { ...churn.problem, owner: 'ops' } },
      says: /owner 'ops' must be an e-mail address/,
    },
    {
      wrong: 'leaking target',
      change: {
        target: { kind: 'regression', column: 'spend' },
        gate: { metric: 'rmse', beatBaselineBy: 1 },
      },
      says: /target column 'spend' is also a feature/,
    },
    {
      wrong: 'derived from no timestamp',
      change: { derived: { weekday: { kind: 'day-of-week', from: 'plan' } } },
      says: /'plan', which is not a timestamp feature \(timestamps: at\)/,
    },
    {
      wrong: 'metric of another kind',
      change: { gate: { metric: 'rmse', beatBaselineBy: 1 } },
      says: /gate\.metric 'rmse' does not measure a binary target; use auc, log-loss/,
    },
    {
      wrong: 'too many bins',
      change: { trainer: { algorithm: 'linear', parameters: { bins: 1000 } } },
      says: /bins 1000 must be from 2 to 255/,
    },
    { wrong: 'no serving', change: { serving: {} }, says: /serving is empty/ },
    {
      wrong: 'entity that is no category',
      change: { serving: { online: {}, entity: 'spend' } },
      says: /entity 'spend' must be a category feature \(categories: plan\)/,
    },
    {
      wrong: 'half a day',
      change: { split: { trainingDays: 0.5, holdoutDays: 30 } },
      says: /split\.trainingDays 0\.5 must be a whole number above 0/,
    },
    {
      wrong: 'impossible range',
      change: {
        features: { spend: { kind: 'number', description: 'Bill', minimum: 5, maximum: 1 } },
        derived: {},
      },
      says: /minimum 5 and maximum 1/,
    },
    {
      wrong: 'nothing to learn from',
      change: { features: { at: { kind: 'timestamp', description: 'When' } }, derived: {} },
      says: /nothing to learn from/,
    },
    {
      wrong: 'baseline over a number',
      change: { baseline: { by: ['spend'] } },
      says: /baseline\.by names 'spend'/,
    },
    {
      wrong: 'share above one',
      change: { monitors: { quality: { maximumMissingShare: 7 } } },
      says: /maximumMissingShare 7 must be from 0 to 1/,
    },
  ])('fails on $wrong and says what to write', ({ change, says }) => {
    expect(() => defineModel({ ...churn, ...change })).toThrow(says);
  });

  it('fails once with everything that is wrong', () => {
    const wrong = { ...churn, name: 'X', serving: {} };

    expect(() => defineModel(wrong)).toThrow(/name 'X'.*\n.*serving is empty/);
  });
});

describe('the models of this repository', () => {
  it('each stand in a folder of their own name', async () => {
    const models = await loadModels();

    expect(models.map(({ name }) => name)).toContain('flight-delay');
  });
});
