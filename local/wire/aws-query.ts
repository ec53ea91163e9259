/**
 * awsQuery: the request is a form with an Action, the answer XML.
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
import { AwsError } from './aws-error.ts';
import { readContent } from './body.ts';
import { type Input, isStructure } from './operations.ts';
import type { RpcProtocol } from './rpc.ts';
import { send } from './service.ts';
import { element, escapeXml, textElement } from './xml.ts';

export const awsQuery: RpcProtocol = {
  async read(request) {
    const body = (await readContent(request)).toString('utf8');
    const form = new URLSearchParams(body || (request.url ?? '').split('?', 2)[1]);
    const operation = form.get('Action');
    if (!operation) {
      throw new AwsError(
        'MissingAction',
        "the request names no operation; it needs a form field 'Action'",
      );
    }
    form.delete('Action');
    form.delete('Version');
    return { operation, input: decodeForm(form) };
  },

  writeOutput(response, { operation, requestId, xmlNamespace }, output) {
    const result = element(`${operation}Result`, membersToXml(output));
    const metadata = element('ResponseMetadata', textElement('RequestId', requestId));
    const xml = `<${operation}Response xmlns="${xmlNamespace}">${result}${metadata}</${operation}Response>`;
    send(response, 200, { 'content-type': 'text/xml' }, xml);
  },

  writeError(response, { requestId, xmlNamespace }, error) {
    const inner =
      textElement('Type', error.fault) +
      textElement('Code', error.queryCode) +
      textElement('Message', error.message);
    const xml =
      `<ErrorResponse xmlns="${xmlNamespace}">${element('Error', inner)}` +
      `${textElement('RequestId', requestId)}</ErrorResponse>`;
    send(response, error.status, { 'content-type': 'text/xml' }, xml);
  },
};

type Branch = Map<string, string | Branch>;

/** Returns a form such as `Tags.member.1.Key=a` as an object: `{ Tags: [{ Key: 'a' }] }`. */
export function decodeForm(form: URLSearchParams): Input {
  const root: Branch = new Map();
  for (const [name, value] of form) {
    const path = name.split('.');
    const last = path.pop() ?? '';
    let branch = root;
    for (const step of path) {
      const known = branch.get(step);
      const next: Branch = known instanceof Map ? known : new Map();
      branch.set(step, next);
      branch = next;
    }
    branch.set(last, value);
  }
  return Object.fromEntries([...root].map(([name, node]) => [name, unfold(node)]));
}

/** Lists come as `member.1` or `1`; maps as `entry.1.key` and `entry.1.value`. */
function unfold(node: string | Branch): unknown {
  if (typeof node === 'string') return node;
  const children = [...node];
  if (children.every(([name]) => /^\d+$/.test(name))) {
    const inOrder = children.toSorted(([a], [b]) => Number(a) - Number(b));
    return inOrder.map(([, child]) => unfold(child));
  }
  const [[name, only] = ['', '']] = children;
  if (children.length === 1 && only instanceof Map) {
    if (name === 'member') return unfold(only);
    if (name === 'entry') return entriesToObject(unfold(only));
  }
  return Object.fromEntries(children.map(([key, child]) => [key, unfold(child)]));
}

/** SNS calls the parts of a map's entry `key` and `value`, or `Name` and `Value`. */
function entriesToObject(entries: unknown): unknown {
  if (!Array.isArray(entries)) return entries;
  return Object.fromEntries(
    entries
      .filter(isStructure)
      .map((entry) => [String(entry['key'] ?? entry['Name']), entry['value'] ?? entry['Value']]),
  );
}

function membersToXml(members: object): string {
  return Object.entries(members)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => element(name, valueToXml(value)))
    .join('');
}

function valueToXml(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value))
    return value.map((item) => element('member', valueToXml(item))).join('');
  if (value instanceof Map) {
    return [...value.entries()]
      .map(([key, item]: [unknown, unknown]) =>
        element('entry', textElement('key', String(key)) + element('value', valueToXml(item))),
      )
      .join('');
  }
  if (typeof value === 'object' && value !== null) return membersToXml(value);
  return escapeXml(String(value));
}
