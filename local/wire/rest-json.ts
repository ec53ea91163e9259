/**
 * restJson1: method and path choose the operation; labels, query and a JSON body are its input.
 * https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
 */
import { randomUUID } from 'node:crypto';
import { AwsError, toAwsError } from './aws-error.ts';
import { parseJsonObject, toJson } from './aws-json.ts';
import { readBody } from './body.ts';
import type { Caller } from './caller.ts';
import type { Operation } from './operations.ts';
import { isAbandoned, send, type Service, type WireRequest } from './service.ts';

/** A request as a raw route sees it. */
export interface RestRequest {
  readonly headers: WireRequest['headers'];
  /** The values of the path's `{labels}`, decoded. */
  readonly labels: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Buffer;
  readonly caller: Caller;
}

export interface RestAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export interface RestRoute {
  /** AWS's name of the operation. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';
  /** For instance `/v1/jobqueues/{name}`; `{arn+}` also takes slashes. */
  readonly path: string;
  /** Takes labels, query parameters (repeated ones as lists) and the JSON body in one object. */
  readonly operation?: Operation;
  /** For operations whose body is not JSON, such as Lambda's Invoke. */
  readonly raw?: (request: RestRequest) => Promise<RestAnswer>;
  /**
   * Status of an operation's success.
   *
   * @default 200
   */
  readonly status?: number;
}

/** Serves routes as a REST service. The first route that fits is taken. */
export function createRestService(signingName: string, routes: readonly RestRoute[]): Service {
  const compiled = routes.map((route) => ({ route, matches: compilePath(route) }));

  return {
    signingName,
    async handle(request, response, caller) {
      response.setHeader('x-amzn-requestid', randomUUID());
      const what = `${signingName} ${request.method} ${request.url}`;
      try {
        const body = await readBody(request);
        const [path = '', search = ''] = (request.url ?? '').split('?', 2);
        const found = compiled
          .map(({ route, matches }) => ({ route, labels: matches(request.method, path) }))
          .find(({ labels }) => labels !== undefined);
        if (!found?.labels) throw unknownRoute(what, routes);
        const query = new URLSearchParams(search);
        const answer = await run(found.route, {
          headers: request.headers,
          labels: found.labels,
          query,
          body,
          caller,
        });
        const headers = { 'content-type': 'application/json', ...answer.headers };
        send(response, answer.status, headers, answer.body);
      } catch (cause) {
        if (isAbandoned(request, response)) throw cause;
        const error = toAwsError(cause, what);
        const headers = { 'content-type': 'application/json', 'x-amzn-errortype': error.code };
        send(response, error.status, headers, toJson({ message: error.message, ...error.fields }));
      }
    },
  };
}

async function run(route: RestRoute, request: RestRequest): Promise<RestAnswer> {
  const { caller } = request;
  const addressed = { ...queryMembers(request.query), ...request.labels };
  if (route.raw) {
    caller.require(route.name, addressed);
    return route.raw(request);
  }
  const input = { ...addressed, ...parseJsonObject(request.body), ...request.labels };
  caller.require(route.name, input);
  const output = await route.operation?.(input, caller);
  return { status: route.status ?? 200, body: route.status === 204 ? '' : toJson(output ?? {}) };
}

function queryMembers(query: URLSearchParams): Record<string, string | string[]> {
  return Object.fromEntries(
    [...new Set(query.keys())].map((name) => {
      const values = query.getAll(name);
      return [name, values.length === 1 ? (values[0] ?? '') : values];
    }),
  );
}

type PathMatcher = (method: string | undefined, path: string) => Record<string, string> | undefined;

function compilePath({ method, path }: RestRoute): PathMatcher {
  const pattern = path
    .replace(/\/$/, '')
    .replaceAll(/[.\\^$*()[\]|?]/g, String.raw`\$&`)
    .replaceAll(/\{(\w+)(\+?)\}/g, (_, name: string, greedy: string) =>
      greedy ? `(?<${name}>.+)` : `(?<${name}>[^/]+)`,
    );
  const expression = new RegExp(`^${pattern}/?$`);
  return (actualMethod, actualPath) => {
    const match = method === actualMethod ? expression.exec(actualPath) : null;
    if (!match) return undefined;
    const labels = Object.entries(match.groups ?? {});
    return Object.fromEntries(labels.map(([name, text]) => [name, decodeLabel(text)]));
  };
}

function decodeLabel(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AwsError('ValidationException', `the path holds a broken percent escape: '${text}'`);
  }
}

function unknownRoute(what: string, routes: readonly RestRoute[]): AwsError {
  const known = routes.map(({ method, path }) => `${method} ${path}`).join(', ');
  return new AwsError(
    'UnknownOperationException',
    `no operation for ${what}; there are: ${known}`,
    {
      status: 404,
    },
  );
}
