/**
 * Calls and what they tell come from the worker through different ports, so that something told may come after the answer
 * to the call it belongs to. It is left out then: the answer says all of it, and whoever has the answer is done.
 */
export async function untilAnswered<Told, Answer>(
  onTold: (told: Told) => void,
  call: (tell: (told: Told) => void) => Promise<Answer>,
): Promise<Answer> {
  let isAnswered = false;
  try {
    return await call((told) => {
      if (!isAnswered) onTold(told);
    });
  } finally {
    isAnswered = true;
  }
}
