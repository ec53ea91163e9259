/** Tells a runtime what time it is, in milliseconds since 1970, where that is not the machine's. */
export const STILL_TIME_HEADER = 'region-time-ms';
