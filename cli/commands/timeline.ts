import type { Command } from 'commander';
import { writeFile } from 'node:fs/promises';
import { dynamoFacts } from '../../core/aws/dynamodb-facts.ts';
import type { Period, TimelineEntry } from '../../core/timeline/entry.ts';
import { renderTimelinePage } from '../../core/timeline/page.ts';
import { timelineOf } from '../../core/timeline/timeline.ts';
import { alarmHistory } from '../actions/alarm-history.ts';
import { openTarget } from '../target.ts';
import { table, terminal } from '../terminal.ts';
import { stageOption, type StageChoice, toMoment } from './options.ts';

interface TimelineChoice extends StageChoice, Period {
  readonly json?: true;
  readonly html?: string;
}

export function timeline(program: Command): void {
  program
    .command('timeline <model>')
    .description('everything that happened to a model, in order, and why')
    .option('--since <time>', 'from this moment on, ISO 8601', toMoment)
    .option('--until <time>', 'before this moment, ISO 8601', toMoment)
    .option('--json', 'as JSON, one entry a line')
    .option('--html <file>', 'as a page that a browser opens from disk')
    .addOption(stageOption())
    .action(async (model: string, { stage, json, html, ...period }: TimelineChoice) => {
      const target = await openTarget(stage === undefined ? {} : { stage });
      const alarms = await alarmHistory(target, model, period);
      const facts = dynamoFacts(target.output('TableName'));
      const entries = await timelineOf(facts, model, alarms, period);
      if (html !== undefined) {
        await writeFile(html, renderTimelinePage(model, entries));
        terminal.say(`${entries.length} entries are in ${html}`);
      } else if (json) for (const entry of entries) terminal.say(JSON.stringify(entry));
      else terminal.say(list(model, entries));
    });
}

function list(model: string, entries: readonly TimelineEntry[]): string {
  if (entries.length === 0) return `nothing happened to ${model} in this time`;
  const rows = entries.map(({ at, kind, text }) => [minute(at), kind, text]);
  return table(['at (UTC)', 'what', 'how'], rows);
}

function minute(at: string): string {
  return at.slice(0, 16).replace('T', ' ');
}
