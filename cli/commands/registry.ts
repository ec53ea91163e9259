import type { Command } from 'commander';
import { userInfo } from 'node:os';
import { dynamoFacts } from '../../core/aws/dynamodb-facts.ts';
import { createRegistry, type AliasEntry, type Registry } from '../../core/registry/registry.ts';
import { openTarget } from '../target.ts';
import { table, terminal } from '../terminal.ts';
import { stageOption, type StageChoice, toMoment, toVersion } from './options.ts';

export function versions(program: Command): void {
  program
    .command('versions <model>')
    .description('the versions of a model, newest first, with what they measured')
    .addOption(stageOption())
    .action(async (model: string, choice: StageChoice) => {
      const found = await (await openRegistry(choice)).versions(model);
      const rows = found.map(({ version, createdAt, runId, metrics }) => [
        String(version),
        createdAt,
        runId,
        metricsText(metrics),
      ]);
      terminal.say(table(['version', 'created', 'run', 'on the holdout'], rows));
    });
}

export function history(program: Command): void {
  program
    .command('history <model> [alias]')
    .description('what an alias stood on, oldest first; the champion without a name')
    .option('--at <time>', 'only the entry that held at this moment, ISO 8601', toMoment)
    .addOption(stageOption())
    .action(async (model: string, alias = 'champion', { at, ...choice }: HistoryChoice) => {
      const registry = await openRegistry(choice);
      if (at !== undefined) {
        terminal.say(heldAt(model, alias, at, await registry.aliasAt(model, alias, at)));
        return;
      }
      const rows = (await registry.history(model, alias)).map((entry) => [
        String(entry.entry),
        entry.at,
        `${model}/${entry.version}`,
        entry.kind,
        entry.by,
        entry.reason,
      ]);
      const check = await registry.verify(model, alias);
      terminal.say(table(['entry', 'at', 'version', 'kind', 'by', 'reason'], rows));
      terminal.say(
        check.intact
          ? `\n${check.entries} entries, each with the hash of the one before`
          : `\nentry ${check.entry} was tampered with: ${check.problem}`,
      );
      if (!check.intact) process.exitCode = 1;
    });
}

interface HistoryChoice extends StageChoice {
  readonly at?: Date;
}

function heldAt(model: string, alias: string, at: Date, entry: AliasEntry | undefined): string {
  const moment = at.toISOString();
  if (entry === undefined) return `${model}@${alias} was not set yet at ${moment}`;
  return (
    `${model}@${alias} was version ${entry.version} at ${moment}, since ${entry.at} ` +
    `(entry ${entry.entry}, by ${entry.by}: ${entry.reason})`
  );
}

export function promote(program: Command): void {
  program
    .command('promote <model> <alias> <version>')
    .description('put an alias on a version')
    .requiredOption('--reason <text>', 'why, for the history')
    .addOption(stageOption())
    .action(
      async (
        model: string,
        alias: string,
        version: string,
        { reason, ...choice }: StageChoice & { reason: string },
      ) => {
        const registry = await openRegistry(choice);
        sayEntry(
          await registry.promote({ model, alias, version: toVersion(version), reason, ...byMe() }),
        );
      },
    );
}

export function rollback(program: Command): void {
  program
    .command('rollback <model> [alias]')
    .description('put an alias back on the version before; the champion without a name')
    .requiredOption('--reason <text>', 'why, for the history')
    .addOption(stageOption())
    .action(
      async (
        model: string,
        alias = 'champion',
        { reason, ...choice }: StageChoice & { reason: string },
      ) => {
        const registry = await openRegistry(choice);
        sayEntry(await registry.rollback({ model, alias, reason, ...byMe() }));
      },
    );
}

function byMe(): { at: Date; by: string } {
  return { at: new Date(), by: userInfo().username };
}

function sayEntry({ model, alias, version, entry }: AliasEntry): void {
  terminal.say(`${model}@${alias} is version ${version} (entry ${entry} of its history)`);
}

async function openRegistry(choice: StageChoice): Promise<Registry> {
  return createRegistry(dynamoFacts((await openTarget(choice)).output('TableName')));
}

function metricsText(metrics: Readonly<Record<string, number>>): string {
  return Object.entries(metrics)
    .map(([name, value]) => `${name} ${value.toFixed(4)}`)
    .join('  ');
}
