import type { Command } from 'commander';
import { userInfo } from 'node:os';
import { dynamoFacts } from '../../core/aws/dynamodb-facts.ts';
import { approveRollout, rejectRollout, type Said } from '../../core/loop/advance.ts';
import type { RolloutEntry } from '../../core/loop/entries.ts';
import { resumeRetraining } from '../../core/loop/retraining.ts';
import { tellRollout } from '../../core/loop/rollout.ts';
import type { Stage } from '../../core/loop/settle.ts';
import { loadModel } from '../../models/index.ts';
import { openTarget } from '../target.ts';
import { terminal } from '../terminal.ts';
import { atOption, stageOption, type StageChoice } from './options.ts';

interface Choice extends StageChoice {
  readonly reason: string;
  readonly at?: Date;
}

export function approve(program: Command): void {
  decision(
    program,
    'approve',
    'let the step of a rollout begin that waits for somebody',
    async (stage, said) => sayRollout(stage.model, await approveRollout(stage, said)),
  );
}

export function reject(program: Command): void {
  decision(
    program,
    'reject',
    'end the rollout that is under way; the champion answers for all',
    async (stage, said) => sayRollout(stage.model, await rejectRollout(stage, said)),
  );
}

export function resumeAlarms(program: Command): void {
  program
    .command('resume-retraining <model>')
    .description('let alarms start trainings again, after several in a row did not help')
    .requiredOption('--reason <text>', 'what was mended, for the timeline')
    .addOption(atOption())
    .addOption(stageOption())
    .action(async (model: string, choice: Choice) => {
      const resumed = await resumeRetraining(await openFacts(choice), model, saidOf(choice));
      terminal.say(
        resumed
          ? `alarms may start trainings of ${model} again`
          : `nothing kept alarms from starting trainings of ${model}`,
      );
    });
}

function decision(
  program: Command,
  name: string,
  description: string,
  decide: (stage: Stage, said: Said) => Promise<void>,
): void {
  program
    .command(`${name} <model>`)
    .description(description)
    .requiredOption('--reason <text>', 'why, for the timeline')
    .addOption(atOption())
    .addOption(stageOption())
    .action(async (model: string, choice: Choice) => {
      const { rollout: declared } = await loadModel(model);
      if (declared === undefined) {
        throw new Error(
          `'${model}' declares no rollout, so nothing waits; put aliases with: tidemill promote ${model}`,
        );
      }
      await decide({ facts: await openFacts(choice), model, declared }, saidOf(choice));
    });
}

function saidOf({ reason, at = new Date() }: Choice): Said {
  return { at, by: userInfo().username, reason };
}

async function openFacts({ stage }: StageChoice) {
  const target = await openTarget(stage === undefined ? {} : { stage });
  return dynamoFacts(target.output('TableName'));
}

function sayRollout(model: string, rollout: RolloutEntry): void {
  terminal.say(`${model}: ${tellRollout(rollout)}`);
}
