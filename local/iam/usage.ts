/** A record of what roles were granted, what they used of it, and what they were refused. */
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Question } from './evaluate.ts';
import { type Grant, grantsOf, grantsUsed } from './grants.ts';
import type { Allowed } from './judge.ts';
import type { PolicyBook } from './policy-book.ts';
import { nameOf, type Refusal } from './refusal.ts';

/** A line of the record, which is JSON lines. */
export type UsageLine =
  | ({ readonly kind: 'granted' | 'used' } & Grant)
  | {
      readonly kind: 'refused';
      readonly who: string;
      readonly action: string;
      readonly resource: string;
    };

export interface Usage {
  /** Writes down what the stack grants, once all of it is hosted. */
  granted(policies: PolicyBook): void;
  used(question: Question, decision: Allowed, policies: PolicyBook): void;
  refused(refusal: Refusal): void;
}

/** Opens a record that goes to a file line by line, so that a killed region leaves what it knew. */
export function openUsage(file: string): Usage {
  mkdirSync(dirname(file), { recursive: true });
  const written = new Set<string>();
  const write = (entry: UsageLine): void => {
    const line = JSON.stringify(entry);
    if (written.has(line)) return;
    written.add(line);
    appendFileSync(file, `${line}\n`);
  };

  return {
    granted(policies) {
      const held = [
        ...policies
          .roles()
          .flatMap(({ statements, origin }) =>
            statements.flatMap((one) => (one.effect === 'Allow' ? grantsOf(one, origin.path) : [])),
          ),
        ...policies
          .allResourceStatements()
          .flatMap((one) => (one.effect === 'Allow' ? grantsOf(one, one.origin.path) : [])),
      ];
      for (const grant of held) write({ kind: 'granted', ...grant });
    },
    used(question, { by }, policies) {
      if (by === undefined) return;
      const { principal } = question;
      const role = principal.kind === 'role' ? policies.role(principal.roleArn) : undefined;
      const holder = by.principal === undefined ? role?.origin.path : by.origin.path;
      for (const grant of grantsUsed(by, holder ?? by.origin.path, question)) {
        write({ kind: 'used', ...grant });
      }
    },
    refused(refusal) {
      const { action, resource } = refusal;
      write({ kind: 'refused', who: nameOf(refusal), action, resource });
    },
  };
}
