/** Returns the text of kernels.wasm.ts. */
export function compileKernels(): Promise<string>;
