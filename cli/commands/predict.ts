import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { loadModel } from '../../models/index.ts';
import { callModel } from '../actions/call-model.ts';
import { openTarget } from '../target.ts';
import { terminal } from '../terminal.ts';
import { stageOption, type StageChoice } from './options.ts';

export function predict(program: Command): void {
  program
    .command('predict <model> [rows]')
    .description(
      'predict over HTTP: rows as JSON, @file, or - for standard input; an example without',
    )
    .addOption(stageOption())
    .action(async (model: string, rows: string | undefined, choice: StageChoice) => {
      const definition = await loadModel(model);
      const target = await openTarget(choice);
      const call =
        rows === undefined ? { path: '/' } : { path: '/predict', body: await read(rows) };
      terminal.say(JSON.stringify(await callModel(target, definition, call), undefined, 2));
    });
}

/** @throws {SyntaxError} if it is not JSON */
async function read(rows: string): Promise<unknown> {
  if (rows === '-') return JSON.parse(await text(process.stdin));
  return JSON.parse(rows.startsWith('@') ? await readFile(rows.slice(1), 'utf8') : rows);
}
