/** The endpoint of the flight model, over a registry and a store in memory. */
import type { Traffic } from '../../core/model/traffic.ts';
import { createEndpoint } from '../../core/serve/endpoint.ts';
import type { HttpAnswer, HttpRequest } from '../../core/serve/http.ts';
import { createModelServer } from '../../core/serve/model-server.ts';
import { flightDelay } from './flight-model.ts';
import { servedFlights } from './served-flights.ts';

export interface FlightEndpoint {
  readonly flights: ReturnType<typeof servedFlights>;
  send(request: Partial<HttpRequest>): Promise<HttpAnswer>;
  get(path: string): Promise<HttpAnswer>;
  /** Text is sent as it is, anything else as JSON. */
  post(path: string, body: unknown, change?: Partial<HttpRequest>): Promise<HttpAnswer>;
}

/** @param flights @default a registry without a champion */
export function flightEndpoint(
  definition = flightDelay(),
  flights = servedFlights(definition),
  traffic?: () => Promise<Traffic | undefined>,
): FlightEndpoint {
  const options = {
    ...flights,
    definition,
    reloadSeconds: 5,
    onLoadFailure: () => {},
    ...(traffic && { traffic }),
  };
  const server = createModelServer(options);
  const endpoint = createEndpoint({ definition, server, objects: flights.objects });
  const send: FlightEndpoint['send'] = (request) =>
    endpoint({
      method: 'GET',
      path: '/',
      headers: {},
      body: '',
      at: new Date('2001-05-01T12:00:00Z'),
      id: 'request-1',
      ...request,
    });
  return {
    flights,
    send,
    get: (path) => send({ path }),
    post: (path, body, change) =>
      send({
        method: 'POST',
        path,
        body: typeof body === 'string' ? body : JSON.stringify(body),
        ...change,
      }),
  };
}

export function regression() {
  return flightDelay({
    target: { kind: 'regression', column: 'delay' },
    gate: { metric: 'rmse', beatBaselineBy: 1 },
  });
}
