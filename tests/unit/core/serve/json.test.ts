import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type NotJsonError, parseJson } from '../../../../core/serve/json.ts';

function positionIn(text: string): number | undefined {
  try {
    parseJson(text);
    return undefined;
  } catch (cause) {
    return (cause as NotJsonError).position;
  }
}

describe('parseJson', () => {
  it('reads what JSON is', () => {
    expect(parseJson(Buffer.from('{"a": [1, -2.5e3, "ü\\n", true, null, {}]}'))).toEqual({
      a: [1, -2500, 'ü\n', true, null, {}],
    });
  });

  it.each([
    ['', 0],
    ['hello', 0],
    ['{distance: 5}', 1],
    ["{'distance': 5}", 1],
    ['{"a": 5,}', 8],
    ['{"a": 5, "b": [], "c": {}, x', 27],
    ['["a\tb"]', 3],
    ['[1, 2', 5],
    ['[1 2]', 3],
    ['[1,]', 3],
    ['{"a" 1}', 5],
    ['{"a": NaN}', 6],
    ['{"a": 1}}', 8],
    ['{"a": 01}', 7],
    ['[1]]', 3],
    ['[}', 1],
    ['{"a": "x', 8],
    ['{"a": "\\x"}', 7],
    ['tru', 0],
  ])('tells where %s is wrong', (text, position) => {
    expect(positionIn(text)).toBe(position);
  });

  it('says what it found', () => {
    expect(() => parseJson('{"a": x}')).toThrow('not JSON: "x" at position 6');
    expect(() => parseJson('{"a": 1')).toThrow('not JSON: the text ends at position 7');
  });

  it('fails on bytes that are not UTF-8', () => {
    expect(() => parseJson(Buffer.from([0x22, 0xff, 0x22]))).toThrow(
      'not JSON: a byte that is not UTF-8 at position 1',
    );
  });

  it('tells where deep nesting breaks, without breaking itself', () => {
    expect(positionIn('['.repeat(200_000))).toBe(200_000);
  });

  it('blames the token that was spoilt or one after it, never one before', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.string({ maxLength: 2 }), (json, at, junk) => {
        const place = at % (json.length + 1);
        const text = json.slice(0, place) + junk + json.slice(place + 1);
        const position = positionIn(text);
        return (
          position === undefined ||
          (position <= text.length && /^[-+.\\\w]*$/.test(text.slice(position, place)))
        );
      }),
    );
  });
});
