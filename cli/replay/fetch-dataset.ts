/** The dataset in a bucket as the source of a replay. */
import { S3Client } from '@aws-sdk/client-s3';
import { s3Objects } from '../../core/aws/s3-objects.ts';
import { downloadAll, listDataset } from '../../core/data/dataset.ts';
import type { ModelDefinition } from '../../core/model/index.ts';
import { openTarget, type TargetOptions } from '../target.ts';
import type { LabelKnown, ReplaySource } from './source.ts';

/**
 * Downloads what lies in `datasets/<model>/` of the laptop's bucket, or of a stage's.
 *
 * @throws {Error} if there is nothing
 */
export async function fetchDataset(
  model: ModelDefinition,
  where: TargetOptions,
  known: LabelKnown,
  folder: string,
): Promise<ReplaySource> {
  const target = await openTarget(where);
  // A client of its own: that of this process is for the replay's region.
  const client = new S3Client({});
  try {
    const bucket = target.output('BucketName');
    const objects = s3Objects(bucket, client);
    const listed = await listDataset(objects, model);
    if (listed.length === 0) {
      throw new Error(
        `bucket '${bucket}' holds no data of '${model.name}'; ` +
          'put some there, or name a file or folder with --data',
      );
    }
    return { files: await downloadAll(objects, listed, folder), known };
  } finally {
    client.destroy();
  }
}
