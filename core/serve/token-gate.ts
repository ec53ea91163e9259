/** Lets in who sends the token. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { type HttpRequest, RequestError } from './http.ts';

/** How long a token that was read is believed, and how long a wrong one cannot make us read again. */
const KEPT_MS = 300_000;
const AGAIN_MS = 10_000;

export interface TokenGate {
  /** @throws {RequestError} 401 without the token */
  admit(request: HttpRequest): Promise<void>;
}

/**
 * @param readToken reads the secret. A new token holds within five minutes, and at once for the
 *   first caller who sends it, if nobody sent a wrong one just before.
 */
export function tokenGate(readToken: () => Promise<string>): TokenGate {
  let known: { readonly digest: Buffer; readonly at: number } | undefined;

  const digestAt = async (now: number, olderThanMs: number): Promise<Buffer> => {
    if (!known || Math.abs(now - known.at) >= olderThanMs) {
      known = { digest: digestOf(await readToken()), at: now };
    }
    return known.digest;
  };

  return {
    async admit({ headers: { authorization = '' }, at }) {
      const [, given] = /^Bearer\s+(\S+)\s*$/i.exec(authorization) ?? [];
      if (given !== undefined) {
        const digest = digestOf(given);
        // Of one length, and so compared in the same time wherever they differ.
        if (timingSafeEqual(digest, await digestAt(at.getTime(), KEPT_MS))) return;
        if (timingSafeEqual(digest, await digestAt(at.getTime(), AGAIN_MS))) return;
      }
      throw new RequestError(
        401,
        given === undefined
          ? "header 'authorization' has no token; send Authorization: Bearer <token>"
          : 'the token is wrong; whoever deployed the model can read it from the secret of the stack',
        { 'www-authenticate': 'Bearer' },
      );
    },
  };
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
