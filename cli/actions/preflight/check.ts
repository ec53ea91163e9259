/** One thing that can stop a deploy, looked at before it starts. */

export interface Finding {
  /** 'unsure' where the account would not say, which is no reason to stop. */
  readonly verdict: 'ok' | 'unsure' | 'stop';
  readonly says: string;
  /** What to do about it. @default nothing */
  readonly cure?: string;
}

export interface Check {
  readonly title: string;
  look(): Promise<Finding>;
}

export function ok(says: string): Finding {
  return { verdict: 'ok', says };
}

export function stop(says: string, cure: string): Finding {
  return { verdict: 'stop', says, cure };
}

/** Looks, and takes a question that fails for an answer that nobody knows. */
export async function lookAt(check: Check): Promise<Finding> {
  try {
    return await check.look();
  } catch (cause) {
    const says = cause instanceof Error ? cause.message.split('\n')[0]! : String(cause);
    return { verdict: 'unsure', says: `could not be asked: ${says.slice(0, 120)}` };
  }
}

/** Whether a limit leaves room for what the stack takes. */
export function room(what: string, needed: number, limit: number, used: number): Finding {
  const free = limit - used;
  const says = `${needed} ${what} needed, ${free} of ${limit} free`;
  if (needed <= free) return ok(says);
  return stop(says, `ask for more: Service Quotas in the console, for ${what}`);
}
