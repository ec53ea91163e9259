import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../infra/job-bootstrap/digest.ts';
import { unzip } from '../../../infra/job-bootstrap/unzip.ts';
import { zip } from './zip.ts';

/** Made by Info-ZIP 3.0: `printf 'hello\n' > a.txt; mkdir d; printf 'x' > d/b; zip -r - a.txt d`. */
const BY_INFO_ZIP = `UEsDBBQACAAIAIepeF0AAAAAAAAAAAYAAAAFABwAYS50eHRVVAkAA679BWuu/QVrdXgLAAEEAAAAAAQAAAAAy0jNycnnAgBQSwcIIDA6NggAAAAGAAAAUEsDBAoAAAAAAIepeF0AAAAAAAAAAAAAAAACABwAZC9VVAkAA679BWuu/QVrdXgLAAEEAAAAAAQAAAAAUEsDBBQACAAIAIepeF0AAAAAAAAAAAEAAAADABwAZC9iVVQJAAOu/QVrrv0Fa3V4CwABBAAAAAAEAAAAAKsAAFBLBwiDFtyMAwAAAAEAAABQSwECHgMUAAgACACHqXhdIDA6NggAAAAGAAAABQAYAAAAAAABAAAApIEAAAAAYS50eHRVVAUAA679BWt1eAsAAQQAAAAABAAAAABQSwECHgMKAAAAAACHqXhdAAAAAAAAAAAAAAAAAgAYAAAAAAAAABAA7UFXAAAAZC9VVAUAA679BWt1eAsAAQQAAAAABAAAAABQSwECHgMUAAgACACHqXhdgxbcjAMAAAABAAAAAwAYAAAAAAABAAAApIGTAAAAZC9iVVQFAAOu/QVrdXgLAAEEAAAAAAQAAAAAUEsFBgAAAAADAAMA3AAAAOMAAAAAAA==`;

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

describe('unzip', () => {
  it('reads what another program packed, without the folders', () => {
    const files = unzip(Buffer.from(BY_INFO_ZIP, 'base64'));

    expect([...files.keys()]).toEqual(['a.txt', 'd/b']);
    expect(text(files.get('a.txt'))).toBe('hello\n');
    expect(text(files.get('d/b'))).toBe('x');
  });

  it('reads a zip that was written as a stream', () => {
    const long = 'tide '.repeat(10_000);

    const files = unzip(zip({ 'main.mjs': long, 'node_modules/a/index.js': 'é' }));

    expect(text(files.get('main.mjs'))).toBe(long);
    expect(text(files.get('node_modules/a/index.js'))).toBe('é');
  });

  it('fails on bytes that are no zip', () => {
    expect(() => unzip(Buffer.from('<Error>AccessDenied</Error>'))).toThrow(
      '27 bytes are not a zip: they have no central directory',
    );
  });
});

const file = (content: string): Uint8Array => new TextEncoder().encode(content);

describe('digestOf', () => {
  it('is what sha256sum says of its own sorted output', () => {
    const files = new Map([
      ['b', file('x')],
      ['a', file('hello\n')],
    ]);

    // printf 'hello\n' > a; printf x > b; sha256sum a b | sha256sum
    expect(digestOf(files)).toBe(
      'fad659025f63a743f9ab6d32a69d447a306955814b04239d7302ae838b7c394c',
    );
  });

  it('changes with a name, a byte or a file more', () => {
    const digests = [
      new Map([['a', file('x')]]),
      new Map([['b', file('x')]]),
      new Map([['a', file('y')]]),
      new Map([
        ['a', file('x')],
        ['b', file('')],
      ]),
    ].map(digestOf);

    expect(new Set(digests).size).toBe(4);
  });
});
