/** Calling a model's endpoint as an application would. */

/** Sends JSON and returns the answer's JSON. @throws {Error} with what the endpoint said, unless it said 2xx */
export async function callEndpoint(url: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(new URL(path, url), {
    ...(body !== undefined && {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`);
  return JSON.parse(text);
}
