/** Does the work for each item, at most `limit` at once. After the first failure nothing new begins; it is thrown once all that began has ended. */
export async function inParallel<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const failures: unknown[] = [];
  const lane = async (): Promise<void> => {
    while (failures.length === 0 && waiting.length > 0) {
      try {
        await work(waiting.shift()!);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  if (failures.length > 0) throw failures[0];
}
