/** The states of an inbox row. Numbers, because the index over them is walked for each batch. */
export const INBOX_PENDING = 0;
export const INBOX_DONE = 1;
