/** A policy of the template that the region cannot judge; guessing would allow or refuse too much. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
}
