/** What can be wrong with declared rolling features; each problem says what to write. */
import type { ModelDeclaration } from './definition.ts';
import { LABEL, bucketMinutes, needsLabels, type RollingFeature } from './rolling-features.ts';

/** Thirty days. */
const LONGEST_MINUTES = 43_200;

export function* problemsOfRolling(declaration: ModelDeclaration): Generator<string> {
  const { rolling = {}, serving } = declaration;
  const declared = Object.entries(rolling);
  for (const [name, feature] of declared) {
    yield* nameOf(name, declaration);
    yield* entityOf(name, feature, declaration);
    yield* windowOf(name, feature);
    yield* aggregated(name, feature, declaration);
  }
  yield* labels(declaration);
  if (declared.length === 0) return;
  if (serving.batch) {
    yield `serving.batch cannot compute rolling features (${namesOf(rolling)}), since its shards see no history; leave one of the two out`;
  }
  if (!serving.stream) {
    yield `rolling features (${namesOf(rolling)}) are kept by the stream's consumer; declare serving.stream`;
  }
  if (needsLabels(rolling) && !serving.online) {
    yield `rolling features of labels need labels, which come by POST /labels; declare serving.online`;
  }
}

function* nameOf(name: string, { features, derived = {}, target }: ModelDeclaration) {
  if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name)) {
    yield `rolling feature '${name}' must be letters, digits and underscores, and start with a letter`;
  }
  if (name in features || name in derived || name === target.column) {
    yield `rolling feature '${name}' has the name of a feature or of the target; give it another one`;
  }
}

function* entityOf(name: string, { by }: RollingFeature, { features }: ModelDeclaration) {
  if (features[by]?.kind !== 'category') {
    yield `rolling feature '${name}' goes by '${by}', which is not a category feature; name one that is`;
  }
}

function* windowOf(name: string, feature: RollingFeature) {
  const { overMinutes } = feature;
  if (!(Number.isInteger(overMinutes) && overMinutes >= 1 && overMinutes <= LONGEST_MINUTES)) {
    yield `rolling feature '${name}' goes over ${overMinutes} minutes; write a whole number from 1 to ${LONGEST_MINUTES}`;
    return;
  }
  const bucket = bucketMinutes(feature);
  if (overMinutes % bucket !== 0) {
    const below = overMinutes - (overMinutes % bucket);
    yield `rolling feature '${name}' goes over ${overMinutes} minutes, which is no multiple of its buckets of ${bucket}; write ${below} or ${below + bucket}`;
  }
}

function* aggregated(
  name: string,
  { aggregate, of }: RollingFeature,
  { features, target }: ModelDeclaration,
) {
  if (of === undefined) {
    if (aggregate !== 'count')
      yield `rolling feature '${name}' says not of what; add of: '${LABEL}'`;
    return;
  }
  if (of === LABEL) {
    if (target.kind === 'multiclass' && aggregate !== 'count') {
      yield `rolling feature '${name}' takes the ${aggregate} of classes; only a count of them is a number`;
    }
    if (LABEL in features) {
      yield `feature '${LABEL}' has the name that rolling feature '${name}' gives the target; rename the feature`;
    }
  } else if (features[of]?.kind !== 'number') {
    yield `rolling feature '${name}' is of '${of}', which is no number feature; name one, or '${LABEL}'`;
  }
}

function* labels({ rolling = {}, labels: declared = {} }: ModelDeclaration) {
  const { knownAfterMinutes, knownAt } = declared;
  if (knownAfterMinutes !== undefined && !(knownAfterMinutes >= 0)) {
    yield `labels.knownAfterMinutes ${knownAfterMinutes} must be 0 or above`;
  }
  const given = [knownAfterMinutes, knownAt].filter((value) => value !== undefined);
  if (given.length === 2) {
    yield `labels say both knownAfterMinutes and knownAt; keep one`;
  }
  if (needsLabels(rolling) && given.length === 0) {
    yield `rolling features of labels need to know when past labels were known; declare labels: { knownAfterMinutes: ... } or { knownAt: '<column>' }`;
  }
}

function namesOf(rolling: object): string {
  return Object.keys(rolling).join(', ');
}
