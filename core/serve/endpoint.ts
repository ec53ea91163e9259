/** Everything that the URL of a model answers. */
import type { EndpointParts } from './endpoint-parts.ts';
import { InvalidRowsError, ModelUnavailableError } from './errors.ts';
import {
  type HttpAnswer,
  type HttpRequest,
  type Reason,
  RequestError,
  requireJsonWanted,
} from './http.ts';
import { NotJsonError } from './json.ts';
import { takeLabels } from './labels.ts';
import {
  type ModelPath,
  infer,
  modelMetadata,
  modelReady,
  modelStatistics,
  serverLive,
  serverMetadata,
  serverReady,
} from './open-inference.ts';
import { openApiOf } from './open-api.ts';
import { about, predict } from './people.ts';
import { Statistics } from './statistics.ts';

/** Problems that one answer lists at most; it always says how many there are. */
const LISTED_PROBLEMS = 100;

export type Endpoint = (request: HttpRequest) => Promise<HttpAnswer>;

type Answer = (parts: EndpointParts, request: HttpRequest, path: ModelPath) => Promise<HttpAnswer>;

const MODEL = '/v2/models/(?<model>[^/]+)(?:/versions/(?<version>[^/]+))?';

const ROUTES: readonly { readonly method: 'GET' | 'POST'; path: RegExp; answer: Answer }[] = [
  { method: 'POST', path: /^\/predict$/, answer: predict },
  { method: 'POST', path: new RegExp(`^${MODEL}/infer$`), answer: infer },
  { method: 'POST', path: /^\/labels$/, answer: takeLabels },
  { method: 'GET', path: /^$/, answer: about },
  { method: 'GET', path: /^\/v2$/, answer: serverMetadata },
  { method: 'GET', path: /^\/v2\/health\/live$/, answer: serverLive },
  { method: 'GET', path: /^\/v2\/health\/ready$/, answer: serverReady },
  { method: 'GET', path: /^\/openapi\.json$/, answer: openApi },
  { method: 'GET', path: /^\/v2\/models\/stats$/, answer: modelStatistics },
  { method: 'GET', path: new RegExp(`^${MODEL}$`), answer: modelMetadata },
  { method: 'GET', path: new RegExp(`^${MODEL}/stats$`), answer: modelStatistics },
  { method: 'GET', path: new RegExp(`^${MODEL}/ready$`), answer: modelReady },
];

/** Returns the endpoint of a model. It always answers: what goes wrong becomes a 4xx or 5xx. */
export function createEndpoint(
  given: Omit<EndpointParts, 'statistics' | 'stopwatch'> &
    Pick<Partial<EndpointParts>, 'stopwatch'>,
): Endpoint {
  // Without a stopwatch, statistics count but do not measure.
  const parts: EndpointParts = { stopwatch: () => 0, ...given, statistics: new Statistics() };
  return async (request) => {
    try {
      await parts.gate?.admit(request);
      requireJsonWanted(request);
      return await route(parts, request);
    } catch (cause) {
      return failureOf(cause);
    }
  };
}

async function openApi({ definition }: EndpointParts): Promise<HttpAnswer> {
  return { status: 200, body: openApiOf(definition) };
}

function route(parts: EndpointParts, request: HttpRequest): Promise<HttpAnswer> {
  const path = request.path.replace(/\/+$/, '');
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const allowed: string[] = [];
  for (const known of ROUTES) {
    const match = known.path.exec(path);
    if (!match) continue;
    if (known.method === method) return known.answer(parts, request, match.groups ?? {});
    allowed.push(known.method);
  }
  if (allowed.length > 0) {
    const message = `${request.method} is not for ${path || '/'}; use ${allowed.join(', ')}`;
    throw new RequestError(405, message, { allow: allowed.join(', ') });
  }
  throw new RequestError(
    404,
    `there is no ${path}; there are: GET /, POST /predict, POST /labels, ` +
      `GET /v2/models/${parts.definition.name}, POST /v2/models/${parts.definition.name}/infer`,
  );
}

function failureOf(cause: unknown): HttpAnswer {
  if (cause instanceof RequestError) {
    const { status, headers, message: error } = cause;
    return { status, headers, body: { error }, ...reasonOf(status) };
  }
  if (cause instanceof InvalidRowsError) {
    const { message: error, problems } = cause;
    const body = { error, problems: problems.slice(0, LISTED_PROBLEMS), count: problems.length };
    return { status: 400, body, reason: 'rows' };
  }
  if (cause instanceof NotJsonError) {
    return {
      status: 400,
      body: { error: `the body is ${cause.message}`, position: cause.position },
      reason: 'json',
    };
  }
  if (cause instanceof ModelUnavailableError) {
    const headers = { 'retry-after': '5' };
    return { status: 503, headers, body: { error: cause.message }, fault: cause };
  }
  return { status: 500, body: { error: 'something went wrong on our side' }, fault: cause };
}

const REASONS: Readonly<Record<number, Reason>> = {
  400: 'request',
  413: 'size',
  415: 'media-type',
};

function reasonOf(status: number): Pick<HttpAnswer, 'reason'> {
  const reason = REASONS[status];
  return reason === undefined ? {} : { reason };
}
