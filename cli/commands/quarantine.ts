import { type Command, Option } from 'commander';
import { userInfo } from 'node:os';
import { s3Objects } from '../../core/aws/s3-objects.ts';
import { dayOf } from '../../core/model/layout.ts';
import {
  QUARANTINE_REASONS,
  type QuarantinedEvent,
  type QuarantineReason,
} from '../../core/model/quarantine.ts';
import { placeOf } from '../../core/serve/event.ts';
import { summaryOf } from '../../core/serve/problems.ts';
import { type Days, dismiss, markSettled, quarantinedDays } from '../../core/serve/quarantined.ts';
import { consumeAgain } from '../actions/consume-again.ts';
import { openTarget } from '../target.ts';
import { count, table, terminal } from '../terminal.ts';
import { stageOption, type StageChoice, toMoment } from './options.ts';

interface DaysChoice extends StageChoice {
  readonly date?: Date;
  readonly since?: Date;
}

interface DismissChoice extends DaysChoice {
  readonly because: string;
  readonly reason?: QuarantineReason;
  readonly id?: string;
}

export function quarantine(program: Command): void {
  const command = program
    .command('quarantine')
    .description('events that could not be answered: see why, send them again, or give them up');

  for (const one of [list(command), replay(command), giveUp(command)]) {
    one
      .option('--date <day>', 'only events that arrived on a day, YYYY-MM-DD', toMoment)
      .option('--since <day>', 'only events that arrived on a day or later', toMoment)
      .addOption(stageOption());
  }
}

function list(command: Command): Command {
  return command
    .command('list <model>')
    .description('why events could not be answered, how many each, with examples')
    .option('--json', 'every event, one a line, as it is kept')
    .action(async (model: string, choice: DaysChoice & { readonly json?: boolean }) => {
      const target = await openTarget(choice);
      const objects = s3Objects(target.output('BucketName'));
      const kinds = new Map<string, Kind>();
      const since = { settled: 0, dismissed: 0 };
      for await (const day of quarantinedDays(objects, model, daysOf(choice))) {
        since.settled += day.settled;
        since.dismissed += day.dismissed;
        for (const event of day.waiting) {
          if (choice.json === true) terminal.say(JSON.stringify(event));
          else addTo(kinds, event);
        }
      }
      if (choice.json !== true) sayKinds([...kinds.values()], since);
    });
}

function replay(command: Command): Command {
  return command
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
}

function giveUp(command: Command): Command {
  return command
    .command('dismiss <model>')
    .description('give up events that nobody will mend; they stay, and are counted no more')
    .requiredOption('--because <text>', 'why, to be kept with them')
    .addOption(
      new Option('--reason <reason>', 'only events set aside for it').choices(QUARANTINE_REASONS),
    )
    .option('--id <id>', 'only the event of this id')
    .action(async (model: string, choice: DismissChoice) => {
      requireChoice(choice);
      const target = await openTarget(choice);
      const objects = s3Objects(target.output('BucketName'));
      const [at, by] = [new Date().toISOString(), userInfo().username];
      let dismissed = 0;
      for await (const { day, waiting } of quarantinedDays(objects, model, daysOf(choice))) {
        const places = waiting.filter((event) => isChosen(event, choice)).map(placeOf);
        if (places.length === 0) continue;
        await dismiss(objects, model, day, { places, because: choice.because, by, at });
        dismissed += places.length;
      }
      terminal.say(`${count(dismissed)} events dismissed`);
    });
}

function daysOf({ date, since }: DaysChoice): Days {
  if (date !== undefined) return { from: dayOf(date), to: dayOf(date) };
  return since === undefined ? {} : { from: dayOf(since) };
}

/** @throws {Error} if nothing says which events are meant: giving up all is no slip of the hand */
function requireChoice({ reason, id, date, since }: DismissChoice): void {
  if ([reason, id, date, since].some((one) => one !== undefined)) return;
  throw new Error('say which events to dismiss; by --reason, --id, --date or --since');
}

function isChosen(event: QuarantinedEvent, { reason, id }: DismissChoice): boolean {
  return (reason ?? event.reason) === event.reason && (id ?? event.id) === event.id;
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

function sayKinds(
  kinds: readonly Kind[],
  { settled, dismissed }: { readonly settled: number; readonly dismissed: number },
): void {
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
  const given = dismissed === 0 ? '' : `, ${count(dismissed)} were dismissed`;
  terminal.say(`${count(waiting)} events wait, ${count(settled)} were answered since${given}`);
}
