/** AWS STS on this machine. */
import type { Place } from '../resource.ts';
import { createRpcService } from '../wire/rpc.ts';
import type { Service } from '../wire/service.ts';

/** Answers GetCallerIdentity, which tools ask first to see whether their credentials work. */
export function createSts({ place }: { readonly place: Place }): { readonly service: Service } {
  return {
    service: createRpcService({
      signingName: 'sts',
      xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
      operations: {
        GetCallerIdentity: async (_, { identity }) => ({
          UserId: identity.userId,
          Account: place.account,
          Arn: identity.arn,
        }),
      },
    }),
  };
}
