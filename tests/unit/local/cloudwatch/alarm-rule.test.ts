import { describe, expect, it } from 'vitest';
import { parseAlarmRule } from '../../../../local/cloudwatch/alarm-rule.ts';

const stateOf = (alarm: string) => (alarm === 'slow answers' ? 'OK' : 'ALARM');

describe('parseAlarmRule', () => {
  it.each([
    { rule: 'ALARM(errors)', expected: true },
    { rule: 'ALARM("slow answers")', expected: false },
    { rule: 'NOT OK("slow answers") OR ALARM(errors)', expected: true },
    { rule: 'NOT (OK("slow answers") OR ALARM(errors))', expected: false },
    { rule: 'TRUE OR FALSE AND FALSE', expected: true },
    { rule: 'INSUFFICIENT_DATA(arn:aws:cloudwatch:us-east-1:0:alarm:errors)', expected: false },
    { rule: '(ALARM(errors) AND OK("slow answers")) AND NOT FALSE', expected: true },
  ])('$rule is $expected', ({ rule, expected }) => {
    expect(parseAlarmRule(rule)(stateOf)).toBe(expected);
  });

  it.each([
    { rule: 'ALARM(errors', message: /has ended where '\)' was expected/ },
    { rule: 'BROKEN(errors)', message: /has 'BROKEN' where one of ALARM, OK/ },
    { rule: 'ALARM(a) ALARM(b)', message: /has 'ALARM' where AND, OR or the end was expected/ },
  ])('fails on $rule and says where', ({ rule, message }) => {
    expect(() => parseAlarmRule(rule)).toThrow(message);
  });
});
