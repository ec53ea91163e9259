/** The HTTP response of a handler that streams: perhaps a prelude, then the body as it comes. */
import type { ServerResponse } from 'node:http';
import { Writable } from 'node:stream';
import { HTTP_INTEGRATION } from '../runtime/streaming.ts';
import { ResponseHead, responseHead } from './http-response.ts';

/** Ends the prelude. */
const PRELUDE_END = Buffer.alloc(8);

/** Returns a stream into the response; `headers` are added to those that the handler sets. */
export function openStreamedResponse(
  response: ServerResponse,
  contentType: string,
  headers: Readonly<Record<string, string>>,
): Writable {
  let prelude: Buffer | undefined = Buffer.alloc(0);
  if (contentType !== HTTP_INTEGRATION) {
    prelude = undefined;
    response.writeHead(200, { 'content-type': contentType, ...headers });
  }
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (prelude === undefined) {
        response.write(chunk, () => done());
        return;
      }
      prelude = Buffer.concat([prelude, chunk]);
      const end = prelude.indexOf(PRELUDE_END);
      if (end < 0) {
        done();
        return;
      }
      const head = ResponseHead.safeParse(JSON.parse(prelude.subarray(0, end).toString('utf8')));
      const rest = prelude.subarray(end + PRELUDE_END.length);
      prelude = undefined;
      const { status, headers: own } = responseHead(
        head.success ? head.data : { statusCode: 502 },
        'application/octet-stream',
      );
      response.writeHead(status, { ...plain(own), ...headers });
      if (rest.length > 0) response.write(rest, () => done());
      else done();
    },
    final(done) {
      response.end(done);
    },
    destroy(cause, done) {
      if (cause !== null) response.destroy();
      done(cause);
    },
  });
}

function plain(
  headers: Readonly<Record<string, string | readonly string[]>>,
): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : [...value],
    ]),
  );
}
