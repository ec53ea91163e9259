import { s3Objects } from '../../core/aws/s3-objects.ts';
import { loadModel } from '../../models/index.ts';
import { openTarget } from '../target.ts';
import type { TourContext } from './context.ts';

/** The model whose data ships. */
const MODEL = 'flight-delay';

/** Finds the laptop's stack and the model that the tour is about. */
export async function openTour(endpoint: string, sample: number): Promise<TourContext> {
  const [target, model] = await Promise.all([openTarget({ endpoint }), loadModel(MODEL)]);
  return { target, model, objects: s3Objects(target.output('BucketName')), sample };
}
