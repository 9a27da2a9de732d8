/** Polls until `read` answers something other than undefined, or fails with what was awaited. */
export async function until<T>(
  what: string | (() => string),
  read: () => Promise<T | undefined> | T | undefined,
  deadlineMs = 40_000,
): Promise<T> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const value = await read();
    if (value !== undefined) return value;
    if (performance.now() > deadline)
      throw new Error(`waited ${deadlineMs} ms in vain for: ${typeof what === 'string' ? what : what()}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
