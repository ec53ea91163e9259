import type { Command } from 'commander';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dynamoFacts } from '../../core/aws/dynamodb-facts.ts';
import { s3Objects } from '../../core/aws/s3-objects.ts';
import { explain as explainPrediction, type Explanation } from '../../core/explain/explain.ts';
import { PredictionNotFoundError } from '../../core/explain/find-record.ts';
import {
  answerOf,
  factsOf,
  howExplained,
  renderExplanation,
  samenessOf,
} from '../../core/explain/tell.ts';
import { openSession } from '../../core/onnx/session.ts';
import { loadModels } from '../../models/index.ts';
import { openTarget } from '../target.ts';
import { signedBar, table, terminal } from '../terminal.ts';
import { stageOption, type StageChoice } from './options.ts';

interface ExplainChoice extends StageChoice {
  readonly model?: string;
  readonly date?: string;
  readonly html?: string;
}

export function explain(program: Command): void {
  program
    .command('explain <prediction-id>')
    .description('find a prediction, run it again, and say what each feature did')
    .option('--model <model>', 'whose prediction it is; every model is looked at without it')
    .option('--date <day>', 'day of the prediction, YYYY-MM-DD, which is faster to look through')
    .option('--html <file>', 'write a page as well')
    .addOption(stageOption())
    .action(async (id: string, choice: ExplainChoice) => {
      const target = await openTarget(choice);
      const scratch = await mkdtemp(join(tmpdir(), 'tidemill-explain-'));
      try {
        const parts = {
          objects: s3Objects(target.output('BucketName')),
          facts: dynamoFacts(target.output('TableName')),
          openSession,
          scratch,
        };
        const explanation = await firstFound(await modelNames(choice), (model) =>
          explainPrediction(parts, { model, id, day: choice.date }),
        );
        say(explanation);
        if (choice.html !== undefined) {
          await writeFile(choice.html, renderExplanation(explanation));
        }
        if (!explanation.output.same) process.exitCode = 1;
      } finally {
        await rm(scratch, { recursive: true });
      }
    });
}

async function modelNames({ model }: ExplainChoice): Promise<string[]> {
  return model === undefined ? (await loadModels()).map(({ name }) => name) : [model];
}

/** @throws {PredictionNotFoundError} if no model has it */
async function firstFound<Found>(
  models: readonly string[],
  look: (model: string) => Promise<Found>,
): Promise<Found> {
  for (const [at, model] of models.entries()) {
    try {
      // oxlint-disable-next-line no-await-in-loop
      return await look(model);
    } catch (cause) {
      if (!(cause instanceof PredictionNotFoundError) || at === models.length - 1) throw cause;
    }
  }
  throw new Error('there is no model in models/; declare one, or name one with --model');
}

function say(explanation: Explanation): void {
  const { contributions } = explanation;
  for (const [name, fact] of Object.entries(factsOf(explanation))) {
    terminal.say(`  ${name.padEnd(12)}  ${fact}`);
  }
  terminal.say(`\n  ${'answer'.padEnd(12)}  ${answerOf(explanation)}`);
  terminal.say(`  ${''.padEnd(12)}  ${samenessOf(explanation)}`);
  terminal.say(`  ${''.padEnd(12)}  ${howExplained(explanation)}\n`);
  const largest = Math.max(...contributions.map(({ contribution }) => Math.abs(contribution)));
  terminal.say(
    table(
      ['feature', 'value', 'adds', ''],
      contributions.map(({ feature, value, contribution }) => [
        feature,
        String(value ?? 'unknown'),
        `${contribution < 0 ? '−' : '+'}${Math.abs(contribution).toFixed(4)}`,
        signedBar(contribution, largest),
      ]),
    ),
  );
}
