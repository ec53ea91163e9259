import { describe, expect, it } from 'vitest';
import type { DeliveryPolicy } from '../../../../local/event-source/configuration.ts';
import { type Answer, judge } from '../../../../local/event-source/verdict.ts';
import { patient, records } from './records.ts';

const batch = { records: records(1, 4), failures: 0 };
const error: Answer = { kind: 'answered', failed: true, payload: '{"errorType":"Error"}' };
const answered = (value: unknown): Answer => ({
  kind: 'answered',
  failed: false,
  payload: JSON.stringify(value),
});
const itemsFailed = (...ids: unknown[]): Answer =>
  answered({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) });
const numbers = (sent: readonly { records: readonly { sequenceNumber: string }[] }[]) =>
  sent.map((each) => each.records.map(({ sequenceNumber }) => Number(sequenceNumber)));

const reporting: DeliveryPolicy = { ...patient, reportsItemFailures: true };

describe('judge', () => {
  it('takes a batch as delivered when the function does not fail', () => {
    expect(judge(batch, answered('anything'), patient)).toEqual({
      delivered: 4,
      retries: [],
      pause: false,
    });
  });

  it('sends a failed batch again as a whole, after a pause', () => {
    const verdict = judge(batch, error, patient);

    expect(verdict).toMatchObject({ delivered: 0, pause: true });
    expect(numbers(verdict.retries)).toEqual([[1, 2, 3, 4]]);
    expect(verdict.retries[0]?.failures).toBe(1);
  });

  it('does not count a call that did not reach the function', () => {
    const verdict = judge(batch, { kind: 'unreachable' }, { ...patient, maximumRetryAttempts: 0 });

    expect(verdict).toEqual({ delivered: 0, retries: [batch], pause: true });
  });

  it('goes on from the lowest failed record, whatever the order of the list', () => {
    const verdict = judge(batch, itemsFailed('4', '3'), reporting);

    expect(verdict.delivered).toBe(2);
    expect(numbers(verdict.retries)).toEqual([[3, 4]]);
  });

  it.each([
    { answer: null, as: 'null' },
    { answer: {}, as: 'an empty object' },
    { answer: { batchItemFailures: [] }, as: 'an empty list' },
    { answer: { batchItemFailures: null }, as: 'a null list' },
  ])('takes $as for success, as AWS does', ({ answer }) => {
    expect(judge(batch, answered(answer), reporting).delivered).toBe(4);
  });

  it.each([
    { answer: itemsFailed('99'), as: 'an id that is not in the batch' },
    { answer: itemsFailed('3', null), as: 'a null id' },
    { answer: itemsFailed(''), as: 'an empty id' },
    { answer: answered({ batchItemFailures: [{ id: '3' }] }), as: 'a misnamed id' },
    { answer: answered({ batchItemFailures: 'none' }), as: 'a list that is none' },
    { answer: answered('done'), as: 'a text' },
  ])('takes $as for the failure of the whole batch', ({ answer }) => {
    const verdict = judge(batch, answer, reporting);

    expect(verdict.delivered).toBe(0);
    expect(numbers(verdict.retries)).toEqual([[1, 2, 3, 4]]);
  });

  it('cuts a failed batch in two, which does not count as an attempt', () => {
    const verdict = judge(batch, error, { ...patient, bisects: true, maximumRetryAttempts: 0 });

    expect(numbers(verdict.retries)).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(verdict.retries.map(({ failures }) => failures)).toEqual([0, 0]);
    expect(verdict.discarded).toBeUndefined();
  });

  it('cuts at the failed record, when that is known', () => {
    const verdict = judge(batch, itemsFailed('3'), { ...reporting, bisects: true });

    expect(verdict.delivered).toBe(2);
    expect(numbers(verdict.retries)).toEqual([[3, 4]]);
    expect(verdict.retries[0]?.failures).toBe(0);
  });

  it('gives up once all retries failed', () => {
    const tried = { ...batch, failures: 2 };
    const verdict = judge(tried, itemsFailed('2'), { ...reporting, maximumRetryAttempts: 2 });

    expect(verdict.delivered).toBe(1);
    expect(verdict.retries).toEqual([]);
    expect(verdict.discarded).toEqual({ records: records(2, 4), failures: 3 });
  });
});
