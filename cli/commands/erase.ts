import type { Command } from 'commander';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { dynamoFacts } from '../../core/aws/dynamodb-facts.ts';
import { s3Objects } from '../../core/aws/s3-objects.ts';
import { erase as eraseEntity } from '../../core/erase/erase.ts';
import { loadModel } from '../../models/index.ts';
import { openTarget } from '../target.ts';
import { table, terminal } from '../terminal.ts';
import { stageOption, type StageChoice } from './options.ts';

interface EraseChoice extends StageChoice {
  readonly entity: string;
  readonly dryRun?: boolean;
}

export function erase(program: Command): void {
  program
    .command('erase <model>')
    .description('take out every record that is kept about one entity')
    .requiredOption('--entity <entity>', 'whom the records are about')
    .option('--dry-run', 'count the records and change nothing')
    .addOption(stageOption())
    .action(async (model: string, { entity, dryRun = false, ...choice }: EraseChoice) => {
      const definition = await loadModel(model);
      const target = await openTarget(choice);
      const scratch = await mkdtemp(join(tmpdir(), 'tidemill-erase-'));
      const stores = {
        objects: s3Objects(target.output('BucketName')),
        facts: dynamoFacts(target.output('TableName')),
      };
      try {
        const erased = await eraseEntity(stores, {
          definition,
          entity,
          at: new Date(),
          by: userInfo().username,
          salt: randomBytes(16).toString('hex'),
          dryRun,
          scratch,
        });
        terminal.say(table(['records', dryRun ? 'would go' : 'gone'], Object.entries(erased)));
      } finally {
        await rm(scratch, { recursive: true, force: true });
      }
    });
}
