import { currentContext, fromHeaders, newContext, runInContext, toHeaders } from './request-context';
import { parseTraceparent } from './traceparent';

const PARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00';

describe('request context', () => {
  it('continues a trace with a span id of its own on each hop', () => {
    const first = newContext({ traceparent: PARENT, tracestate: 'vendor=1' });
    const second = fromHeaders((name) => toHeaders(first)[name]);

    const [incoming, here, next] = [PARENT, first.traceparent, second.traceparent].map(parseTraceparent);
    expect(here?.traceId).toBe(incoming?.traceId);
    expect(next?.traceId).toBe(incoming?.traceId);
    expect(here?.flags).toBe('00');
    expect(new Set([incoming?.spanId, here?.spanId, next?.spanId]).size).toBe(3);
    expect(second.tracestate).toBe('vendor=1');
  });

  it('keeps one correlation id over all hops', () => {
    const first = newContext({ correlationId: 'ticket-42:a.b_c' });
    expect(fromHeaders((name) => toHeaders(first)[name]).correlationId).toBe('ticket-42:a.b_c');
  });

  it('uses the trace id as correlation id when the caller sent none', () => {
    const context = newContext({ traceparent: PARENT });
    expect(context.correlationId).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
  });

  it.each(['', 'a'.repeat(65), 'line\nbreak', '"quote"', 'späce x', '../..'.replace('.', '/')])(
    'refuses the correlation id %j, which would reach logs and headers',
    (correlationId) => {
      expect(newContext({ correlationId }).correlationId).toMatch(/^[0-9a-f]{32}$/);
    },
  );

  it.each([
    '00-00000000000000000000000000000000-00f067aa0ba902b7-01',
    '00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01',
    'ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    '00-4BF92F3577B34DA6A3CE929D0E0E4736-00F067AA0BA902B7-01',
    '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-extra',
    '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7',
    'nonsense',
  ])('starts a new trace instead of continuing %s', (traceparent) => {
    const context = newContext({ traceparent, tracestate: 'vendor=1' });
    expect(context.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(context.traceparent).not.toContain('4bf92f3577b34da6a3ce929d0e0e4736');
    expect(context.tracestate).toBeUndefined();
  });

  it('drops a trace state that could not be a header', () => {
    expect(newContext({ traceparent: PARENT, tracestate: 'a=1\r\nx: y' }).tracestate).toBeUndefined();
  });

  it('is seen by everything awaited inside, and by nothing outside', async () => {
    const [a, b] = [newContext(), newContext()];
    const seen = await Promise.all(
      [a, b].map((context) =>
        runInContext(context, async () => {
          await new Promise(setImmediate);
          return currentContext();
        }),
      ),
    );
    expect(seen).toEqual([a, b]);
    expect(currentContext()).toBeUndefined();
  });
});
