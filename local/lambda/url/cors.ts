/**
 * Cross-origin rules of a Function URL, answered by the URL itself.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Cors.html
 */
import type { IncomingHttpHeaders } from 'node:http';
import * as z from 'zod';

export const Cors = z.object({
  AllowCredentials: z.boolean().default(false),
  AllowHeaders: z.array(z.string()).default([]),
  AllowMethods: z.array(z.string()).default([]),
  AllowOrigins: z.array(z.string()).default([]),
  ExposeHeaders: z.array(z.string()).default([]),
  MaxAge: z.coerce.number().optional(),
});

export type Cors = z.output<typeof Cors>;

/** Tells whether a request only asks what a page of another origin may do. */
export function isPreflight(method: string | undefined, headers: IncomingHttpHeaders): boolean {
  return (
    method === 'OPTIONS' &&
    headers.origin !== undefined &&
    headers['access-control-request-method'] !== undefined
  );
}

/** Returns the headers that tell a browser what it may do; none if the origin is not allowed. */
export function corsHeaders(
  cors: Cors,
  headers: IncomingHttpHeaders,
  preflight: boolean,
): Record<string, string> {
  const { origin } = headers;
  const anyOrigin = cors.AllowOrigins.includes('*');
  if (origin === undefined || !(anyOrigin || cors.AllowOrigins.includes(origin))) return {};
  const allowed = {
    'access-control-allow-origin': anyOrigin && !cors.AllowCredentials ? '*' : origin,
    vary: 'Origin',
    ...(cors.AllowCredentials && { 'access-control-allow-credentials': 'true' }),
    ...listed('access-control-expose-headers', cors.ExposeHeaders),
  };
  if (!preflight) return allowed;
  return {
    ...allowed,
    ...listed('access-control-allow-methods', cors.AllowMethods),
    ...listed('access-control-allow-headers', cors.AllowHeaders),
    ...(cors.MaxAge !== undefined && { 'access-control-max-age': String(cors.MaxAge) }),
  };
}

function listed(name: string, values: readonly string[]): Record<string, string> {
  return values.length === 0 ? {} : { [name]: values.join(',') };
}
