/** Names of a model's resources, as people type them and as CDK wants them. */

/** Returns 'FlightDelay' for 'flight-delay'. */
export function pascalCase(name: string): string {
  return name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
