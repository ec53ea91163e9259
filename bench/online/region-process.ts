/** The laptop's region with one served model, as a process. Arguments: model file, state folder. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { synthesize } from '../../cli/laptop/assembly.ts';
import { usageRecord } from '../../cli/laptop/usage-record.ts';
import { laptopEnvironment, openTarget, outputOf } from '../../cli/target.ts';
import { dynamoFacts } from '../../core/aws/dynamodb-facts.ts';
import { s3Objects } from '../../core/aws/s3-objects.ts';
import { layout } from '../../core/model/layout.ts';
import { signatureOf } from '../../core/model/signature.ts';
import { createRegistry } from '../../core/registry/registry.ts';
import { bundleAll } from '../../infra/bundle.ts';
import { systemClock } from '../../local/clock.ts';
import { createRegion } from '../../local/region.ts';
import { model } from '../../models/flight-delay/model.ts';

const [, , file = '', stateFolder = '', projectRoot = ''] = process.argv;
const { folder } = await synthesize(projectRoot, join(projectRoot, '.tidemill', 'cdk.out'));
const region = createRegion({
  cloudAssembly: folder,
  stateFolder,
  projectRoot,
  port: 0,
  clock: systemClock,
  ...usageRecord(),
});
await region.start();
const target = await openTarget({ endpoint: region.endpoint });
const facts = dynamoFacts(target.output('TableName'));
const registry = createRegistry(facts);
const onnx = readFileSync(file);
const at = new Date();
const { name } = model;
const { version } = await registry.register({
  model: name,
  runId: 'benchmark',
  sha256: createHash('sha256').update(onnx).digest('hex'),
  metrics: {},
  signature: signatureOf(model),
  lineage: { datasetFingerprint: '', codeFingerprint: '' },
  at,
});
await s3Objects(target.output('BucketName')).put(layout.modelFile(name, version), onnx);
await registry.promote({
  model: name,
  alias: 'champion',
  version,
  at,
  reason: 'bench',
  by: 'bench',
});
const bundles = await bundleAll(projectRoot);

process.send?.({
  url: target.output(outputOf(name, 'Url')),
  events: target.output(outputOf(name, 'EventsStream')),
  bundle: bundles.predict.folder,
  environment: {
    ...laptopEnvironment(region.endpoint),
    MODEL: name,
    BUCKET: target.output('BucketName'),
    TABLE: target.output('TableName'),
    PREDICTIONS_STREAM: target.output(outputOf(name, 'PredictionsStream')),
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  },
});

process.once('SIGTERM', () => void region.stop().then(() => process.exit(0)));
