/** How the template's Function URLs come to be. */
import * as z from 'zod';
import type { Clock } from '../../clock.ts';
import type { Place, ResourceHost } from '../../resource.ts';
import type { UrlGate } from '../../services.ts';
import type { UrlDescription } from '../api.ts';
import { type FunctionCatalogue, qualifiedArn } from '../functions.ts';
import { createAdmission } from './admission.ts';
import { Cors } from './cors.ts';
import type { UrlPorts } from './ports.ts';
import { type FunctionUrl, openFunctionUrl } from './server.ts';

export interface UrlHost extends ResourceHost {
  describe(): readonly UrlDescription[];
  /** URLs by the name of their function. */
  urls(): Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export interface UrlHostOptions {
  readonly functions: FunctionCatalogue;
  readonly urlPorts: UrlPorts;
  /** @default everybody may call */
  readonly urlGate?: UrlGate;
  readonly place: Place;
  readonly clock: Clock;
}

const UrlProperties = z.object({
  TargetFunctionArn: z.string(),
  /** The alias that is called. */
  Qualifier: z.string().optional(),
  AuthType: z.enum(['NONE', 'AWS_IAM']),
  InvokeMode: z.enum(['BUFFERED', 'RESPONSE_STREAM']).default('BUFFERED'),
  Cors: Cors.optional(),
});

/** Hosts AWS::Lambda::Url: each is a server on a port of its own. */
export function createUrlHost(options: UrlHostOptions): UrlHost {
  const { functions, place, clock, urlGate: gate } = options;
  const servers: FunctionUrl[] = [];
  const described: UrlDescription[] = [];
  const urls: Record<string, string> = {};

  return {
    types: ['AWS::Lambda::Url'],
    async create({ logicalId, properties }) {
      const parsed = UrlProperties.parse(properties);
      const { configuration } = functions.find(parsed.TargetFunctionArn, parsed.Qualifier);
      const { name } = configuration;
      const arn = qualifiedArn(configuration.arn, parsed.Qualifier);
      const server = await openFunctionUrl({
        port: options.urlPorts(logicalId),
        functionName: name,
        functionArn: arn,
        streaming: parsed.InvokeMode === 'RESPONSE_STREAM',
        functions,
        ...(gate && {
          admission: createAdmission({ authType: parsed.AuthType, functionArn: arn, gate }),
        }),
        place,
        clock,
        ...(parsed.Cors !== undefined && { cors: parsed.Cors }),
      });
      const url = `http://127.0.0.1:${server.port}/`;
      servers.push(server);
      urls[name] = url;
      described.push({
        FunctionArn: arn,
        FunctionUrl: url,
        AuthType: parsed.AuthType,
        InvokeMode: parsed.InvokeMode,
        CreationTime: clock.now().toISOString(),
        LastModifiedTime: clock.now().toISOString(),
        ...(parsed.Cors !== undefined && { Cors: parsed.Cors }),
      });
      return { ref: arn, attributes: { FunctionArn: arn, FunctionUrl: url } };
    },
    describe: () => described,
    urls: () => urls,
    async close() {
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}
