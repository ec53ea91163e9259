import { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { registerCommands } from '../../../cli/commands/index.ts';

it('every command has its place in docs/commands.md, and nothing else has', () => {
  const program = new Command();
  registerCommands(program);
  const headings = readFileSync('docs/commands.md', 'utf8').matchAll(/^### `(\S+?)[ `]/gm);

  const documented = new Set([...headings].map(([, name]) => name));

  expect(documented).toEqual(new Set(program.commands.map((command) => command.name())));
});
