/** Guards for our own mistakes. For bad input from outside use `UserError`. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`Internal error: ${message}`);
}

/** Makes a `switch` over a union exhaustive: a new member stops compiling until it is handled. */
export function unreachable(value: never): never {
  throw new Error(`Internal error: unhandled case ${JSON.stringify(value)}`);
}
