/** AWS STS on this machine: everyone is the same user. */
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
        GetCallerIdentity: async () => ({
          UserId: 'laptop',
          Account: place.account,
          Arn: `arn:${place.partition}:iam::${place.account}:user/laptop`,
        }),
      },
    }),
  };
}
