import type { Command } from 'commander';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { dynamoFacts, scanFacts } from '../../core/aws/dynamodb-facts.ts';
import { s3Objects } from '../../core/aws/s3-objects.ts';
import { backUp, type BackupManifest, type Shelf } from '../../core/registry/backup.ts';
import { restore as restoreInto } from '../../core/registry/restore.ts';
import { openTarget } from '../target.ts';
import { count, terminal } from '../terminal.ts';
import { stageOption, type StageChoice } from './options.ts';

export function backup(program: Command): void {
  program
    .command('backup <folder>')
    .description('copy what the table knows, and the files of all versions, into a folder')
    .addOption(stageOption())
    .action(async (folder: string, choice: StageChoice) => {
      const target = await openTarget(choice);
      const objects = s3Objects(target.output('BucketName'));
      const facts = scanFacts(target.output('TableName'));
      const source = { stack: target.stack, at: new Date(), facts, objects };
      await terminal.step(
        `back up ${target.stack}`,
        () => backUp(source, folderShelf(folder)),
        sentence,
      );
    });
}

export function restore(program: Command): void {
  program
    .command('restore <folder>')
    .description('put a backup back into a stack that has nothing of its own yet')
    .addOption(stageOption())
    .action(async (folder: string, choice: StageChoice) => {
      const target = await openTarget(choice);
      const facts = dynamoFacts(target.output('TableName'));
      const objects = s3Objects(target.output('BucketName'));
      await terminal.step(
        `restore ${target.stack}`,
        () => restoreInto({ facts, objects }, folderShelf(folder)),
        (manifest) => `${sentence(manifest)}, of ${manifest.stack} at ${manifest.at}`,
      );
    });
}

/** A folder of this machine as the place of a backup. */
export function folderShelf(folder: string): Shelf {
  return {
    read: (name) => readFile(join(folder, name)),
    async write(name, content) {
      const file = join(folder, name);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
    },
  };
}

function sentence({ facts, objects }: BackupManifest): string {
  return `${count(facts.count)} facts and ${Object.keys(objects).length} files`;
}
