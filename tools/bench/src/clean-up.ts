/** Runs `use`, then everything it asked to be undone, last first, whatever happened. */
export async function withCleanUp<T>(use: (later: (undo: () => Promise<unknown>) => void) => Promise<T>): Promise<T> {
  const undo: (() => Promise<unknown>)[] = [];
  try {
    return await use((step) => undo.push(step));
  } finally {
    for (const step of undo.reverse()) await step();
  }
}
