/** What a read may take in all, in milliseconds. */
export const READ_MS = 6_000;
/** What one of many members may take. */
export const MEMBER_MS = 3_000;
/** What a write may take, with everything that is asked before and after it: less than its caller waits. */
export const WRITE_MS = 8_000;
