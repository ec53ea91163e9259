/** Writing XML: elements are strings, escaped where they hold text. */

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // A parser turns a bare carriage return into a line feed.
  '\r': '&#13;',
};

export function escapeXml(text: string): string {
  return text.replaceAll(/[&<>"\r]/g, (character) => ENTITIES[character] ?? character);
}

/** Returns an element around XML that is already escaped. */
export function element(name: string, inner: string): string {
  return `<${name}>${inner}</${name}>`;
}

/** Returns an element around text, or nothing when there is none. */
export function textElement(name: string, text: string | number | boolean | undefined): string {
  return text === undefined ? '' : element(name, escapeXml(String(text)));
}
