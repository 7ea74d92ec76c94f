/** Reads a stream piece by piece; not every browser lets streams be iterated. */

/** What the stream breaks off with is thrown as `named` has it; a stream that is not read to its end is cancelled. */
export async function* piecesOf(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  named: (cause: unknown) => unknown,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        throw named(cause);
      });
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {}); // what broke off needs no cancelling
  }
}
