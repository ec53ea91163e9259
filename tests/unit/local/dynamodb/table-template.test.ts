import { describe, expect, it } from 'vitest';
import { tableOf } from '../../../../local/dynamodb/table-template.ts';

const properties = {
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'gsi', AttributeType: 'S' },
  ],
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
};

describe('tableOf', () => {
  it('keeps keys and indexes, and leaves out what has no effect here', () => {
    const index = {
      IndexName: 'byOther',
      KeySchema: [{ AttributeName: 'gsi', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'ALL' },
    };
    const table = tableOf(
      {
        ...properties,
        GlobalSecondaryIndexes: [{ ...index, ContributorInsightsSpecification: { Enabled: true } }],
        TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
        SSESpecification: { SSEEnabled: true },
        BillingMode: 'PROVISIONED',
      },
      'stack-table',
    );

    expect(table).toEqual({
      ...properties,
      TableName: 'stack-table',
      GlobalSecondaryIndexes: [index],
      BillingMode: 'PAY_PER_REQUEST',
    });
  });

  it('takes the name that the template gives', () => {
    expect(tableOf({ ...properties, TableName: 'facts' }, 'x')).toHaveProperty(
      'TableName',
      'facts',
    );
  });

  it('fails without keys', () => {
    expect(() => tableOf({}, 'x')).toThrow(/KeySchema/);
  });
});
