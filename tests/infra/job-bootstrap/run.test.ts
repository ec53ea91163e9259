import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jobBootstrap } from '../../../infra/job-bootstrap.ts';
import { digestOf } from '../../../infra/job-bootstrap/digest.ts';
import { signedHeaders } from '../../../infra/job-bootstrap/download.ts';
import { zip } from './zip.ts';

const SAYS_ITS_ARGUMENTS =
  `import { word } from './node_modules/word/index.js';` +
  `console.log(JSON.stringify([word, process.argv.slice(2), process.execArgv]));` +
  `process.exitCode = 7;`;
const code = {
  'main.mjs': SAYS_ITS_ARGUMENTS,
  'node_modules/word/index.js': `exports.word = 'native';`,
};
const digest = digestOf(
  new Map(Object.entries(code).map(([path, text]) => [path, new TextEncoder().encode(text)])),
);

describe('the bootstrap', () => {
  const requests: IncomingMessage[] = [];
  let server: Server;
  let folder: string;
  let origin: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tidemill-bootstrap-'));
    server = createServer((request, response) => {
      requests.push(request);
      response.end(
        request.url === '/role'
          ? JSON.stringify({ AccessKeyId: 'AKID', SecretAccessKey: 'secret', Token: 'token' })
          : zip(code),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(async () => {
    server.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function run(environment: Record<string, string> = {}, cwd = folder) {
    const child = spawn(
      process.execPath,
      ['--eval', jobBootstrap(), '--', 'train', '--run', 'r1', '--options', '{"a": 1}'],
      { cwd, env: { TMPDIR: folder, ...environment } },
    );
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    const exitCode = await new Promise((resolve) => child.on('close', resolve));
    return { output, errors, exitCode };
  }

  const inTheCloud = (sha256: string): Record<string, string> => ({
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL_S3: origin,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${origin}/role`,
    CODE_BUCKET: 'assets',
    CODE_KEY: 'code.zip',
    CODE_SHA256: sha256,
  });

  it('fetches the code as the role of the task and runs it as if it had been started', async () => {
    const { output, exitCode } = await run(inTheCloud(digest));

    expect(JSON.parse(output)).toEqual([
      'native',
      ['train', '--run', 'r1', '--options', '{"a": 1}'],
      [],
    ]);
    expect(exitCode).toBe(7);
    expect(requests.map(({ url }) => url)).toEqual(['/role', '/assets/code.zip']);
    expect(requests[1]?.headers).toMatchObject({ 'x-amz-security-token': 'token' });
  });

  it('runs the code of its own folder where there is some', async () => {
    const image = await mkdtemp(join(folder, 'image-'));
    await writeFile(join(image, 'main.mjs'), `console.log('of the image')`);

    expect(await run({}, image)).toEqual({ output: 'of the image\n', errors: '', exitCode: 0 });
  });

  it('fails before it runs anything that is not what was deployed', async () => {
    const { output, errors, exitCode } = await run(inTheCloud('0'.repeat(64)));

    expect(errors).toContain(
      `s3://assets/code.zip has content ${digest}, expected ${'0'.repeat(64)}; deploy again`,
    );
    expect(output).toBe('');
    expect(exitCode).toBe(1);
  });
});

it('signs a request as botocore does', () => {
  const headers = signedHeaders(
    new URL('https://s3.eu-west-1.amazonaws.com/assets/code.zip'),
    'eu-west-1',
    { AccessKeyId: 'AKIDEXAMPLE', SecretAccessKey: 'an/example+of+a+secret', Token: 'the-token' },
    new Date('2001-05-03T12:34:56.789Z'),
  );

  // From S3SigV4Auth of botocore 1.43.11 for the same request.
  expect(headers['authorization']).toBe(
    'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20010503/eu-west-1/s3/aws4_request, ' +
      'SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token, ' +
      'Signature=5a5ed13f363c71697023558b81fd28b259597a7d82effa2928d7cd87574e19a5',
  );
});
