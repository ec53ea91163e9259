/** Sends one request over and over, on some connections, and measures each answer. */
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';

export interface Load {
  readonly port: number;
  readonly path: string;
  readonly body: string;
  readonly connections: number;
  readonly seconds: number;
}

export interface LoadResult {
  readonly requestsPerSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly requests: number;
  /** Requests without an answer, or with another one than 200. */
  readonly lost: number;
}

/** Each connection sends its next request when the answer to the one before is whole. */
export async function load({ port, path, body, connections, seconds }: Load): Promise<LoadResult> {
  const request = Buffer.from(
    `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  const took: number[] = [];
  const counts = { lost: 0 };
  const started = performance.now();
  const until = started + seconds * 1000;
  await Promise.all(
    Array.from({ length: connections }, () => oneConnection(port, request, until, took, counts)),
  );
  const elapsed = (performance.now() - started) / 1000;
  const sorted = Float64Array.from(took).toSorted();
  const quantile = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
  return {
    requestsPerSecond: took.length / elapsed,
    p50: quantile(0.5),
    p90: quantile(0.9),
    p99: quantile(0.99),
    requests: took.length,
    lost: counts.lost,
  };
}

function oneConnection(
  port: number,
  request: Buffer,
  until: number,
  took: number[],
  counts: { lost: number },
): Promise<void> {
  return new Promise((resolve) => {
    // One buffer for all answers: what is measured must not wait for this side to clean up.
    const buffer = Buffer.alloc(LONGEST_ANSWER);
    let received = 0;
    let sentAt = 0;
    let isOpen = false;
    const send = (): void => {
      received = 0;
      sentAt = performance.now();
      isOpen = true;
      socket.write(request);
    };
    const take = (bytes: number, part: Uint8Array): boolean => {
      buffer.set(part.subarray(0, bytes), received);
      received += bytes;
      if (!isWhole(buffer.subarray(0, received))) return true;
      const now = performance.now();
      if (buffer.subarray(0, OK.length).equals(OK)) took.push(now - sentAt);
      else counts.lost++;
      isOpen = false;
      if (now < until) send();
      else socket.end();
      return true;
    };
    const onread = { buffer: Buffer.alloc(LONGEST_ANSWER), callback: take };
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, onread });
    socket.once('connect', send);
    socket.on('error', () => {});
    socket.on('close', () => {
      if (isOpen) counts.lost++;
      resolve();
    });
  });
}

const LONGEST_ANSWER = 64 * 1024;
const LAST_CHUNK = Buffer.from('0\r\n\r\n');
const OK = Buffer.from('HTTP/1.1 200');

function isWhole(received: Buffer): boolean {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const head = received.toString('latin1', 0, end);
  const [, length] = /\r\ncontent-length: (\d+)/i.exec(head) ?? [];
  if (length !== undefined) return received.length >= end + 4 + Number(length);
  return /\r\ntransfer-encoding: chunked/i.test(head) && received.subarray(-5).equals(LAST_CHUNK);
}
