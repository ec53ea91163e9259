/**
 * Smithy RPC v2 CBOR: the path names the operation, bodies are CBOR.
 * https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
 */
import { decode as decodeCbor, encode as encodeCbor, Tagged } from 'cborg';
import { AwsError } from './aws-error.ts';
import { queryErrorHeader } from './aws-json.ts';
import { readContent } from './body.ts';
import { type Input, isStructure } from './operations.ts';
import type { RpcProtocol } from './rpc.ts';
import { send } from './service.ts';

/** CBOR's tag for seconds since 1970, which the protocol asks of times. */
const EPOCH_SECONDS = 1;
const TAGS = {
  [EPOCH_SECONDS]: (decodeContent: () => unknown) => new Date(Number(decodeContent()) * 1000),
};
const HEADERS = { 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' };

export const rpcCbor: RpcProtocol = {
  async read(request) {
    const body = await readContent(request);
    const operation = /\/operation\/(\w+)/.exec(request.url ?? '')?.[1] ?? '';
    return { operation, input: decode(body) };
  },

  writeOutput(response, _exchange, output) {
    send(response, 200, HEADERS, encodeCbor(encodable(output)));
  },

  writeError(response, { xmlNamespace }, error) {
    const headers = { ...HEADERS, ...(xmlNamespace !== '' && queryErrorHeader(error)) };
    const body = { __type: error.code, message: error.message, ...error.fields };
    send(response, error.status, headers, encodeCbor(encodable(body)));
  },
};

function decode(body: Buffer): Input {
  if (body.length === 0) return {};
  let value: unknown;
  try {
    value = decodeCbor(body, { tags: TAGS });
  } catch (cause) {
    throw new AwsError('SerializationException', `the body is not CBOR: ${String(cause)}`);
  }
  if (isStructure(value)) return value;
  throw new AwsError('SerializationException', 'the body must be a CBOR map');
}

/** CBOR has a value for undefined, which clients would take for a member, and a tag for times. */
function encodable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(encodable);
  if (value instanceof Map) return encodable(Object.fromEntries(value));
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return new Tagged(EPOCH_SECONDS, value.getTime() / 1000);
  if (value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([name, item]) => [name, encodable(item)]),
  );
}
