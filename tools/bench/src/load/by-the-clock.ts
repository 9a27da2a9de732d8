/**
 * Calls `send` so many times per second, whether or not earlier calls have ended, with its number and the moment it was due
 * (`performance.now()`). Resolves when all have ended. Errors: the first one of `send`.
 */
export async function byTheClock(
  { perSecond, seconds }: { perSecond: number; seconds: number },
  send: (number: number, due: number) => Promise<void>,
): Promise<void> {
  const began = performance.now();
  const underWay: Promise<void>[] = [];
  for (let number = 0; number < perSecond * seconds; number += 1) {
    const due = began + (number * 1_000) / perSecond;
    const waitMs = due - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    const sending = send(number, due);
    // Looked at in the end; until then a failure must not count as unhandled.
    sending.catch(() => undefined);
    underWay.push(sending);
  }
  await Promise.all(underWay);
}
