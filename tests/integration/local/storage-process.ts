/** The storage region in a process of its own, to be killed: `storage-process.ts <state folder>`. */
import { openStorageRegion } from './storage-region.ts';

const { port } = await openStorageRegion(process.argv[2] ?? '');
process.stdout.write(`${port}\n`);
