/** Patterns of policies: `*` stands for any text, `?` for any one character. */

export type TextTest = (text: string) => boolean;

/** Compiles a pattern of a text. */
export function compileGlob(pattern: string, flags = ''): TextTest {
  if (!/[*?]/.test(pattern) && flags === '') return (text) => text === pattern;
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${source}$`, `s${flags}`);
  return (text) => expression.test(text);
}

/** Parts of an ARN before its resource: arn, partition, service, region and account. */
const LEADING_PARTS = 5;

/**
 * Compiles a pattern of an ARN. A wildcard in one of the leading parts does not reach beyond that
 * part's colon; one in the resource does.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function compileArn(pattern: string): TextTest {
  if (pattern === '*') return () => true;
  if (!/[*?]/.test(pattern)) return (arn) => arn === pattern;
  const wanted = partsOf(pattern).map((part) => compileGlob(part));
  return (arn) => {
    const parts = partsOf(arn);
    return (
      parts.length === wanted.length && wanted.every((test, index) => test(parts[index] ?? ''))
    );
  };
}

function partsOf(arn: string): string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, LEADING_PARTS), parts.slice(LEADING_PARTS).join(':')];
}
