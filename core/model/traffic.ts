/** What the challenger gets to answer. */
export interface Traffic {
  /**
   * `canary`: it answers for a share of the entities. `shadow`: it predicts for a share of them
   * beside the champion, and nobody is answered with that.
   */
  readonly kind: 'canary' | 'shadow';
  /** Of the entities, above 0 and at most 1. */
  readonly share: number;
}
