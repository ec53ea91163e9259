/**
 * The HTTP response that a Function URL makes of a function's answer.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 */
import * as z from 'zod';

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer;
}

/** What comes before the body, also in a streamed answer's prelude. */
export const ResponseHead = z.object({
  statusCode: z.coerce.number().int().min(100).max(599).default(200),
  headers: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]).nullable())
    .nullish(),
  cookies: z.array(z.string()).nullish(),
});

type ResponseHead = z.output<typeof ResponseHead>;

const StructuredResponse = ResponseHead.extend({
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

const JSON_TYPE = 'application/json';

/**
 * Returns the response for a function's answer. An object with `statusCode` says everything
 * itself; any other answer becomes a 200 with its JSON.
 *
 * @returns undefined if the answer is malformed, which is a 502 in AWS
 */
export function httpResponse(payload: string): HttpResponse | undefined {
  const answer: unknown = JSON.parse(payload);
  if (typeof answer !== 'object' || answer === null || !('statusCode' in answer)) {
    return { status: 200, headers: { 'content-type': JSON_TYPE }, body: Buffer.from(payload) };
  }
  const structured = StructuredResponse.safeParse(answer);
  if (!structured.success) return undefined;
  const { body, isBase64Encoded } = structured.data;
  return {
    ...responseHead(structured.data, JSON_TYPE),
    body: Buffer.from(body ?? '', isBase64Encoded === true ? 'base64' : 'utf8'),
  };
}

/** Returns status and headers, cookies among them, with the default content type if none is given. */
export function responseHead(
  { statusCode, headers, cookies }: ResponseHead,
  defaultType: string,
): Pick<HttpResponse, 'status' | 'headers'> {
  const own = Object.entries(headers ?? {}).map(
    ([name, value]) => [name.toLowerCase(), String(value ?? '')] as const,
  );
  return {
    status: statusCode,
    headers: {
      'content-type': defaultType,
      ...Object.fromEntries(own.filter(([name]) => !SET_BY_THE_SERVER.has(name))),
      ...(cookies && cookies.length > 0 && { 'set-cookie': cookies }),
    },
  };
}

/** Length and connection are between server and client. */
const SET_BY_THE_SERVER = new Set(['content-length', 'connection', 'transfer-encoding']);

/** Returns one of AWS's own error responses. */
export function errorResponse(status: number, message: string): HttpResponse {
  return {
    status,
    headers: { 'content-type': JSON_TYPE },
    body: Buffer.from(status === 502 ? message : JSON.stringify({ Message: message })),
  };
}
