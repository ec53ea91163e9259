/** Where a model came from, in fingerprints that a re-run can be compared by. */
export interface Lineage {
  /** Of the rows that trained and judged it. */
  readonly datasetFingerprint: string;
  /** Of the code and the declaration that read them. */
  readonly codeFingerprint: string;
}
