/** The stream that a streaming handler writes its answer to. */
import type { ClientRequest } from 'node:http';
import { Writable } from 'node:stream';
import { answerTo } from './client.ts';

export interface ResponseStream extends Writable {
  /** Set before the first write. */
  setContentType(contentType: string): void;
  /** True once something was sent. */
  readonly begun: boolean;
  /** Settles when the whole answer was taken. */
  settled(): Promise<void>;
}

/** @param open starts the answer with its content type; called at the first write or the end */
export function createResponseStream(open: (contentType: string) => ClientRequest): ResponseStream {
  let contentType = 'application/octet-stream';
  let sent: ClientRequest | undefined;
  let taken: Promise<unknown> | undefined;
  const begin = (): ClientRequest => {
    if (sent === undefined) {
      sent = open(contentType);
      taken = answerTo(sent).then((answer) => answer.resume());
      taken.catch(() => undefined);
    }
    return sent;
  };

  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      begin().write(chunk, done);
    },
    final(done) {
      begin().end(done);
    },
    destroy(cause, done) {
      if (cause !== null) sent?.destroy(cause);
      done(cause);
    },
  });
  stream.on('error', () => undefined);
  return Object.defineProperty(
    Object.assign(stream, {
      begun: false,
      setContentType: (type: string) => void (contentType = type),
      async settled() {
        if (!stream.destroyed && !stream.writableEnded) stream.end();
        await taken?.catch(() => undefined);
      },
    }),
    'begun',
    { get: () => sent !== undefined },
  );
}
