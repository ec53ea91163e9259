/** What stand-ins for AWS are known not to do, by what they say when asked. */

interface Limit {
  readonly says: RegExp;
  /** @param match what `says` found */
  readonly means: (match: RegExpExecArray) => string;
}

const LIMITS: readonly Limit[] = [
  {
    says: /no CloudFormation support for (AWS::\S+)/,
    means: ([, type]) => `has no ${type}`,
  },
  {
    says: /The vpc '?vpc-\w+'? has dependencies and cannot be deleted/,
    // Its route tables and subnets cannot delete themselves, so they count as gone and stay.
    means: () => 'leaves subnets and route tables when a stack goes, and so the network',
  },
  {
    says: /Inline policy \S+ not found/,
    means: () => 'takes roles away before the policies that hang on them, and misses those then',
  },
  {
    says: /Role \S+ not found/,
    means: () => 'does not know any more what an update had taken away before it broke',
  },
  {
    // A function that went before its alias and URL, for instance, which AWS takes in order; or a
    // stack that somebody asks for while it is made.
    says: /Deserialization error/,
    means: () =>
      'fails inside itself where resources come or go, and answers with what is no answer',
  },
  {
    says: /(\w+) action has not been implemented/,
    means: ([, action]) => `does not know ${action}`,
  },
];

/** Returns what the stand-in lacks, if that is what it complained of. */
export function limitIn(complaint: string): string | undefined {
  for (const { says, means } of LIMITS) {
    const match = says.exec(complaint);
    if (match !== null) return means(match);
  }
  return undefined;
}
