/**
 * Tracks a run of a script of your own: `npx tsx examples/track-a-run.ts`, while `npm start` is up.
 * For a stack on AWS, pass its stage: `npx tsx examples/track-a-run.ts prod`.
 */
import { openTarget } from '../cli/target.ts';
import { dynamoFacts } from '../core/aws/dynamodb-facts.ts';
import { s3Objects } from '../core/aws/s3-objects.ts';
import { createTracking } from '../core/runs/tracking.ts';

const [stage] = process.argv.slice(2);
const target = await openTarget(stage === undefined ? {} : { stage });
const tracking = createTracking({
  facts: dynamoFacts(target.output('TableName')),
  objects: s3Objects(target.output('BucketName')),
  now: () => new Date(),
});

const rate = 0.3;
await tracking.track({ model: 'square-root', runId: `rate-${rate}` }, async (run) => {
  await run.logParameters({ rate, wanted: 2 });
  let guess = 1;
  for (let step = 1; step <= 20; step++) {
    guess -= rate * (guess ** 2 - 2);
    await run.logMetric('error', Math.abs(guess ** 2 - 2), step);
  }
  const key = await run.logArtifact('answer.json', JSON.stringify({ guess }), 'application/json');
  console.log(`${run.runId}: ${guess}, kept at ${key}`);
});
