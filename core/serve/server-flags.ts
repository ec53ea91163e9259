/** How Node runs the endpoint as a server: what whoever starts `lambdas/server.ts` passes before it. */

/**
 * A young generation of half the usual size is cleaned up twice as often, each time in half the
 * time: no request waits long for it, and that is what the slowest answers are made of.
 */
export const SERVER_FLAGS = ['--max-semi-space-size=8'];
