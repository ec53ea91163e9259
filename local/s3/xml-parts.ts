/** XML that several answers of S3 hold, and reading the XML of requests. */
import { XMLParser } from 'fast-xml-parser';
import { isStructure } from '../wire/operations.ts';
import { element, textElement } from '../wire/xml.ts';
import type { Checksum } from './checksums.ts';
import { malformedXml } from './errors.ts';

/** Whoever calls is the owner of everything. */
export const OWNER = element('ID', 'tidemill') + element('DisplayName', 'tidemill');

export function checksumElements({ algorithm, value, type }: Checksum): string {
  return textElement(`Checksum${algorithm}`, value) + textElement('ChecksumType', type);
}

const parser = new XMLParser({
  ignoreDeclaration: true,
  parseTagValue: false,
  trimValues: false,
  htmlEntities: true,
});

/** A structure of the request's XML; all values are texts. */
export interface XmlStructure {
  text(name: string): string | undefined;
  list(name: string): XmlStructure[];
}

/**
 * Reads the document of a request.
 *
 * @param root the name that its root element must have
 * @throws {AwsError} MalformedXML if it is another, or no XML
 */
export function parseXml(xml: Buffer, root: string): XmlStructure {
  let document: unknown;
  try {
    document = parser.parse(xml.toString('utf8'), true);
  } catch (cause) {
    throw malformedXml(String(cause));
  }
  const content: unknown = isStructure(document) ? document[root] : undefined;
  if (content === undefined) throw malformedXml(`its root must be <${root}>`);
  return structure(content);
}

function structure(node: unknown): XmlStructure {
  const members = isStructure(node) ? node : {};
  const all = (name: string): unknown[] => {
    const value = members[name];
    if (value === undefined) return [];
    return Array.isArray(value) ? value : [value];
  };
  return {
    text(name) {
      const [value] = all(name);
      return typeof value === 'string' ? value : undefined;
    },
    list: (name) => all(name).map(structure),
  };
}
