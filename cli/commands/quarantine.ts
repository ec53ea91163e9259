import type { Command } from 'commander';
import { s3Objects } from '../../core/aws/s3-objects.ts';
import { dayOf } from '../../core/model/layout.ts';
import type { QuarantinedEvent } from '../../core/model/quarantine.ts';
import { placeOf } from '../../core/serve/event.ts';
import { summaryOf } from '../../core/serve/problems.ts';
import { type Days, markSettled, quarantinedDays } from '../../core/serve/quarantined.ts';
import { consumeAgain } from '../actions/consume-again.ts';
import { openTarget } from '../target.ts';
import { count, table, terminal } from '../terminal.ts';
import { stageOption, type StageChoice, toMoment } from './options.ts';

interface DaysChoice extends StageChoice {
  readonly date?: Date;
  readonly since?: Date;
}

export function quarantine(program: Command): void {
  const command = program
    .command('quarantine')
    .description('events that could not be answered: what is wrong with them, and send them again');

  const list = command
    .command('list <model>')
    .description('why events could not be answered, how many each, with examples')
    .option('--json', 'every event, one a line, as it is kept')
    .action(async (model: string, choice: DaysChoice & { readonly json?: boolean }) => {
      const target = await openTarget(choice);
      const objects = s3Objects(target.output('BucketName'));
      const kinds = new Map<string, Kind>();
      let settled = 0;
      for await (const day of quarantinedDays(objects, model, daysOf(choice))) {
        settled += day.settled;
        for (const event of day.waiting) {
          if (choice.json === true) terminal.say(JSON.stringify(event));
          else addTo(kinds, event);
        }
      }
      if (choice.json !== true) sayKinds([...kinds.values()], settled);
    });

  const replay = command
    .command('replay <model>')
    .description('send events again, each under the id that it would have had')
    .action(async (model: string, choice: DaysChoice) => {
      const target = await openTarget(choice);
      const objects = s3Objects(target.output('BucketName'));
      const sum = { answered: 0, waiting: 0 };
      for await (const { day, waiting } of quarantinedDays(objects, model, daysOf(choice))) {
        for await (const { answered, quarantined } of consumeAgain(target, model, waiting)) {
          await markSettled(objects, model, day, answered.map(placeOf));
          sum.answered += answered.length;
          sum.waiting += quarantined.length;
        }
      }
      terminal.say(`${count(sum.answered)} events answered, ${count(sum.waiting)} wait still`);
    });

  for (const one of [list, replay]) {
    one
      .option('--date <day>', 'only events that arrived on a day, YYYY-MM-DD', toMoment)
      .option('--since <day>', 'only events that arrived on a day or later', toMoment)
      .addOption(stageOption());
  }
}

function daysOf({ date, since }: DaysChoice): Days {
  if (date !== undefined) return { from: dayOf(date), to: dayOf(date) };
  return since === undefined ? {} : { from: dayOf(since) };
}

/** Events with the same thing wrong. */
interface Kind {
  readonly reason: string;
  readonly pointer: string;
  readonly example: QuarantinedEvent;
  events: number;
  last: string;
}

function addTo(kinds: Map<string, Kind>, event: QuarantinedEvent): void {
  const { reason, problems, arrivedAt } = event;
  const pointer = problems[0]?.pointer ?? '';
  const known = kinds.get(`${reason} ${pointer}`);
  if (known) {
    known.events++;
    known.last = arrivedAt;
  } else {
    const kind = { reason, pointer, example: event, events: 1, last: arrivedAt };
    kinds.set(`${reason} ${pointer}`, kind);
  }
}

const SHOWN_CHARACTERS = 160;

function sayKinds(kinds: readonly Kind[], settled: number): void {
  const waiting = kinds.reduce((sum, { events }) => sum + events, 0);
  if (kinds.length > 0) {
    const ordered = kinds.toSorted((a, b) => b.events - a.events);
    const head = ['reason', 'at', 'events', 'first', 'last'];
    const rows = ordered.map(({ reason, pointer, example, events, last }) => [
      reason,
      pointer,
      events,
      example.arrivedAt,
      last,
    ]);
    terminal.say(table(head, rows));
    for (const { reason, example } of ordered) {
      const text = Buffer.from(example.data, 'base64').toString().slice(0, SHOWN_CHARACTERS);
      terminal.say(`\n${reason}: ${summaryOf(example.problems)}\n  ${example.id}: ${text}`);
    }
    terminal.say();
  }
  terminal.say(`${count(waiting)} events wait, ${count(settled)} were answered since`);
}
