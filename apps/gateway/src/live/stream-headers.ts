/** Of an answer that is a stream of events: no proxy in between may keep them back. */
export const STREAM_HEADERS = { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' };
