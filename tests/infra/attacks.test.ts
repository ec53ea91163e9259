/** What roles may not do: the synthesized policies, judged as the laptop's region judges them. */
import { describe, expect, it } from 'vitest';
import { flightDelay, synthesize } from './synthesize.ts';
import { openStackAccess } from '../fakes/stack-access.ts';

const { rollout: _rollout, ...withoutRollout } = flightDelay;
const churn = { ...withoutRollout, name: 'churn' };
const access = await openStackAccess(synthesize([flightDelay, churn]).toJSON());
const BUCKET = 'tidemill-dev-000000000000-us-east-1';
const TABLE = 'tidemill-dev';

const get = (key: string) => ['s3', 'GET object', { bucket: BUCKET, key }] as const;
const put = (key: string) => ['s3', 'PUT object', { bucket: BUCKET, key }] as const;
const list = (prefix: string) =>
  ['s3', 'GET bucket?list-type', { bucket: BUCKET, key: '', 's3:prefix': prefix }] as const;
const read = (partition: string) =>
  [
    'dynamodb',
    'GetItem',
    { TableName: TABLE, Key: { partition: { S: partition }, sort: { S: '1' } } },
  ] as const;
const records = (model: string, purpose: string) => ({
  StreamName: `tidemill-dev-${model}-${purpose}`,
});
const submit = (name: string) => ({ jobDefinition: name, jobQueue: 'tidemill-dev' });
const write = (partition: string) =>
  [
    'dynamodb',
    'PutItem',
    { TableName: TABLE, Item: { partition: { S: partition }, sort: { S: '1' } } },
  ] as const;

const JOBS = new Set(['train', 'score', 'monitor']);
const roleOf = (model: string, who: string): string =>
  access.roleOf(
    `tidemill-dev-${model}-${who}, ${JOBS.has(who) ? 'the job itself' : 'by AWS Lambda'}`,
  );
const own = (who: string): string => roleOf('flight-delay', who);
const predict = own('predict');
const consume = own('consume');
const archive = own('archive');
const pipeline = own('pipeline');
const train = own('train');
const score = own('score');
const monitor = own('monitor');
const starts = access.roleOf('tidemill-dev-flight-delay, to start containers of its jobs');
const everybody = { predict, consume, archive, pipeline, train, score, monitor, starts };

/** Functions and jobs of a model that may promote. */
const writersOf = (model: string): string[] =>
  ['predict', 'consume', 'archive', 'pipeline', 'train', 'score', 'monitor'].filter(
    (who) => !access.refusal(roleOf(model, who), ...write(`alias#${model}#champion`)),
  );

describe('predict', () => {
  it('reads versions of its own model', () => {
    expect(access.refusal(predict, ...get('versions/flight-delay/1/model.onnx'))).toBeUndefined();
    expect(access.refusal(predict, ...read('alias#flight-delay#champion'))).toBeUndefined();
  });

  it.each([
    { what: 'a version', call: get('versions/churn/1/model.onnx') },
    { what: 'a version of a model whose name goes on', call: get('versions/flight-delay-2/1/x') },
    { what: 'records', call: get('predictions/churn/dt=2001-05-01/online-1.jsonl.gz') },
    { what: 'its own records', call: get('predictions/flight-delay/dt=2001-05-01/online-1.gz') },
    { what: 'data', call: get('datasets/churn/dt=2001-05-01/part.parquet') },
    { what: 'keys', call: list('versions/') },
    { what: 'registered versions', call: read('model#churn') },
    { what: 'aliases', call: read('alias#churn#champion') },
    { what: 'everything in the table', call: ['dynamodb', 'Scan', { TableName: TABLE }] as const },
  ])('reads no $what of others', ({ call }) => {
    const [service, operation, input] = call;
    expect(access.refusal(predict, service, operation, input)).toMatch(
      /is not authorized to perform/,
    );
  });

  it('reads no partition that hides behind one of its own in a batch', () => {
    const Keys = ['model#flight-delay', 'model#churn'].map((S) => ({ partition: { S } }));
    const call = ['dynamodb', 'BatchGetItem', { RequestItems: { [TABLE]: { Keys } } }] as const;

    expect(access.refusal(predict, ...call)).toMatch('dynamodb:BatchGetItem');
  });
});

describe('aliases', () => {
  it('are written by jobs that promote: by training, and by monitoring what is rolled out', () => {
    expect(writersOf('churn')).toEqual(['train']);
    expect(writersOf('flight-delay')).toEqual(['train', 'monitor']);
  });

  it.each(Object.entries(everybody))('of another model are written by nobody: %s', (_who, role) => {
    expect(access.refusal(role, ...write('alias#churn#champion'))).toMatch('dynamodb:PutItem');
  });

  it.each(Object.entries(everybody))('are changed or deleted by nobody: %s', (_, role) => {
    const Key = { partition: { S: 'alias#flight-delay#champion' }, sort: { S: '1' } };
    for (const operation of ['UpdateItem', 'DeleteItem']) {
      expect(access.refusal(role, 'dynamodb', operation, { TableName: TABLE, Key })).toMatch(
        operation,
      );
    }
  });
});

describe('objects', () => {
  it('of archive lie under the predictions of its model', () => {
    expect(
      access.refusal(archive, ...put('predictions/flight-delay/dt=2001-05-01/online-1.jsonl.gz')),
    ).toBeUndefined();
    for (const key of ['predictions/churn/x', 'predictions/x', 'versions/flight-delay/1/x']) {
      expect(access.refusal(archive, ...put(key))).toMatch('s3:PutObject');
    }
  });

  it.each(Object.entries(everybody))('are deleted by nobody: %s', (_, role) => {
    const key = 'versions/flight-delay/1/model.onnx';
    expect(access.refusal(role, 's3', 'DELETE object', { bucket: BUCKET, key })).toMatch(
      's3:DeleteObject',
    );
  });

  it('cannot be copied out of what a role may not read', () => {
    const call = {
      bucket: BUCKET,
      key: 'runs/flight-delay/1/stolen',
      from: `${BUCKET}/versions/churn/1/model.onnx`,
    };

    expect(access.refusal(train, 's3', 'PUT object from copy', call)).toMatch('s3:GetObject');
  });

  it('of models are written by nobody but the training job', () => {
    const writers = Object.entries(everybody)
      .filter(([, role]) => !access.refusal(role, ...put('versions/flight-delay/1/model.onnx')))
      .map(([who]) => who);

    expect(writers).toEqual(['train']);
  });
});

describe('streams', () => {
  it('of events are put to by callers alone', () => {
    for (const role of Object.values(everybody)) {
      expect(
        access.refusal(role, 'kinesis', 'PutRecords', records('flight-delay', 'events')),
      ).toMatch('kinesis:PutRecords');
    }
  });

  it('of another model are neither read nor written', () => {
    for (const role of Object.values(everybody)) {
      for (const operation of ['PutRecord', 'PutRecords', 'GetRecords', 'GetShardIterator']) {
        expect(
          access.refusal(role, 'kinesis', operation, records('churn', 'predictions')),
        ).toBeDefined();
      }
    }
  });
});

describe('locks', () => {
  it('that keep trainings apart are written by those alone who start and end them', () => {
    const writers = Object.entries(everybody)
      .filter(([, role]) => !access.refusal(role, ...write('lock#flight-delay')))
      .map(([who]) => who);

    expect(writers).toEqual(['pipeline', 'train']);
  });
});

describe('notify, which calls people for all models,', () => {
  const notify = access.roleOf('tidemill-dev-notify, by AWS Lambda');

  it('finds names of reports, and reads none', () => {
    expect(access.refusal(notify, ...list('reports/churn/'))).toBeUndefined();
    expect(access.refusal(notify, ...list('versions/'))).toMatch('s3:ListBucket');
    for (const key of ['reports/churn/1/report.json', 'predictions/churn/x']) {
      expect(access.refusal(notify, ...get(key))).toMatch('s3:GetObject');
    }
    expect(access.refusal(notify, ...read('alias#churn#champion'))).toMatch('dynamodb:GetItem');
  });
});

describe('jobs', () => {
  it.each(Object.entries(everybody))('of another model are submitted by nobody: %s', (_, role) => {
    expect(access.refusal(role, 'batch', 'SubmitJob', submit('tidemill-dev-churn-train'))).toMatch(
      'batch:SubmitJob',
    );
  });
});
