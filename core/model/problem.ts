/** One thing that is wrong with what a caller sent, in the caller's words. */
export interface Problem {
  /** JSON pointer (RFC 6901) to what is wrong; empty for the whole. */
  readonly pointer: string;
  readonly got: string;
  readonly expected: string;
}
