import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { flightDelay, renamed, statementsOf, synthesize } from './synthesize.ts';

const template = synthesize([flightDelay, renamed('churn')]);

/** Keys of the bucket that a role may touch with an action. */
function keys(description: string, action: string): string[] {
  return statementsOf(template, description)
    .filter(({ Action }) => [Action].flat().includes(action))
    .flatMap(({ Resource }) => [Resource].flat())
    .map((resource) => /"\/([^"]+)"/.exec(JSON.stringify(resource))?.[1] ?? '')
    .filter((key) => !key.endsWith('.zip'));
}

/** Partitions of the table that a role may touch with an action. */
function partitions(description: string, action: string, of = template): string[] {
  return statementsOf(of, description)
    .filter(({ Action }) => [Action].flat().includes(action))
    .flatMap(({ Condition }) => {
      const tests = Condition as Record<string, Record<string, string[]>> | undefined;
      return tests?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] ?? ['every partition'];
    });
}

const PREDICT = 'tidemill-dev-flight-delay-predict, by AWS Lambda';
const CONSUME = 'tidemill-dev-flight-delay-consume, by AWS Lambda';
const ARCHIVE = 'tidemill-dev-flight-delay-archive, by AWS Lambda';
const PIPELINE = 'tidemill-dev-flight-delay-pipeline, by AWS Lambda';
const job = (kind: string): string => `tidemill-dev-flight-delay-${kind}, the job itself`;

const FUNCTIONS = new Set(['predict', 'consume', 'archive', 'pipeline']);
const describing = (model: string, what: string): string =>
  `tidemill-dev-${model}-${what}, ${FUNCTIONS.has(what) ? 'by AWS Lambda' : 'the job itself'}`;

/** Functions and jobs that may move aliases of a model. */
const movers = (of: Template, model: string) =>
  ['predict', 'consume', 'archive', 'pipeline', 'train', 'score', 'monitor'].filter((what) =>
    partitions(describing(model, what), 'dynamodb:PutItem', of).includes(`alias#${model}#*`),
  );

describe('objects', () => {
  it.each([
    { role: PREDICT, reads: ['versions'], writes: ['labels', 'unsent'] },
    { role: CONSUME, reads: ['versions'], writes: ['quarantine'] },
    { role: ARCHIVE, reads: [], writes: ['predictions'] },
    { role: PIPELINE, reads: [], writes: [] },
    { role: job('train'), reads: ['datasets', 'runs', 'versions'], writes: ['runs', 'versions'] },
    {
      role: job('score'),
      reads: ['datasets', 'predictions', 'versions'],
      writes: ['predictions'],
    },
    {
      role: job('monitor'),
      reads: ['labels', 'predictions', 'reports', 'versions'],
      writes: ['reports'],
    },
  ])('$role reads $reads and writes $writes of its own model only', ({ role, reads, writes }) => {
    expect(keys(role, 's3:GetObject')).toEqual(reads.map((area) => `${area}/flight-delay/*`));
    expect(keys(role, 's3:PutObject')).toEqual(writes.map((area) => `${area}/flight-delay/*`));
  });
});

describe('facts', () => {
  it.each([
    { role: PREDICT, reads: ['model#flight-delay', 'alias#flight-delay#*'], writes: [] },
    { role: CONSUME, reads: ['model#flight-delay', 'alias#flight-delay#*'], writes: [] },
    { role: ARCHIVE, reads: [], writes: [] },
    {
      role: PIPELINE,
      reads: [
        'alias#flight-delay#*',
        'experiment#flight-delay',
        'lock#flight-delay',
        'batch#flight-delay',
        'loop#flight-delay',
      ],
      writes: [
        'experiment#flight-delay',
        'lock#flight-delay',
        'batch#flight-delay',
        'loop#flight-delay',
      ],
    },
    {
      role: job('monitor'),
      reads: [
        'lock#flight-delay',
        'model#flight-delay',
        'alias#flight-delay#*',
        'experiment#flight-delay',
        'loop#flight-delay',
      ],
      writes: [
        'model#flight-delay',
        'alias#flight-delay#*',
        'experiment#flight-delay',
        'loop#flight-delay',
      ],
    },
  ])('$role reads $reads and adds to $writes', ({ role, reads, writes }) => {
    expect(partitions(role, 'dynamodb:Query')).toEqual(reads);
    expect(partitions(role, 'dynamodb:PutItem')).toEqual(writes);
  });

  it('aliases are moved by jobs alone, and by monitoring only where it rolls versions out', () => {
    const { rollout: _, ...atOnce } = flightDelay;
    const other = synthesize([{ ...atOnce, name: 'parcels' }]);
    expect(movers(template, 'flight-delay')).toEqual(['train', 'monitor']);
    expect(movers(other, 'parcels')).toEqual(['train']);
  });

  it('of entities are kept by the consumer and by who takes labels, for rolling features alone', () => {
    const rolling = {
      departures: { aggregate: 'count', by: 'origin', overMinutes: 60 },
    } as const;
    const { batch: _, ...serving } = flightDelay.serving;
    const rolls = synthesize([{ ...flightDelay, serving, rolling }]);
    const kept = (role: string, of = rolls) => partitions(role, 'dynamodb:BatchGetItem', of);

    expect(kept(CONSUME)).toEqual(['rolling#flight-delay#*']);
    expect(kept(PREDICT)).toEqual(['rolling#flight-delay#*']);
    expect(partitions(CONSUME, 'dynamodb:PutItem', rolls)).toEqual(['rolling#flight-delay#*']);
    expect([CONSUME, PREDICT].flatMap((role) => kept(role, template))).toEqual([]);
  });

  it('are never deleted by anybody', () => {
    expect(JSON.stringify(template.toJSON())).not.toMatch(/dynamodb:(Delete|BatchWrite|\*)/);
  });
});

it('pipelines submit jobs of their own model only', () => {
  const submit = statementsOf(template, PIPELINE).find(
    ({ Action }) => Action === 'batch:SubmitJob',
  );

  const mentioned = JSON.stringify(submit?.Resource);
  expect(mentioned.match(/FlightDelay\w+JobDefinition/g)).toHaveLength(3);
  expect(mentioned).not.toContain('Churn');
});

it('scoring jobs submit jobs of their own definition only, and tell people', () => {
  const statements = statementsOf(template, job('score'));
  const submit = statements.find(({ Action }) => Action === 'batch:SubmitJob');

  const mentioned = JSON.stringify(submit?.Resource);
  expect(mentioned.match(/job-definition\/[\w-]+(:\*)?/g)).toEqual([
    'job-definition/tidemill-dev-flight-delay-score',
    'job-definition/tidemill-dev-flight-delay-score:*',
  ]);
  expect(JSON.stringify(statements)).toContain('sns:Publish');
  expect(JSON.stringify(statementsOf(template, job('train')))).not.toContain('batch:SubmitJob');
});
