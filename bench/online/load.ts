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
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let received = '';
    let sentAt = 0;
    let isOpen = false;
    const send = (): void => {
      sentAt = performance.now();
      isOpen = true;
      socket.write(request);
    };
    socket.once('connect', send);
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      if (!isWhole(received)) return;
      const now = performance.now();
      if (received.startsWith('HTTP/1.1 200')) took.push(now - sentAt);
      else counts.lost++;
      received = '';
      isOpen = false;
      if (now < until) send();
      else socket.end();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      if (isOpen) counts.lost++;
      resolve();
    });
  });
}

function isWhole(received: string): boolean {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const head = received.slice(0, end);
  const [, length] = /\r\ncontent-length: (\d+)/i.exec(head) ?? [];
  if (length !== undefined) return received.length >= end + 4 + Number(length);
  return /\r\ntransfer-encoding: chunked/i.test(head) && received.endsWith('0\r\n\r\n');
}
