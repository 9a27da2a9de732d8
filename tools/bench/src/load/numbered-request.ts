import { NUMBER_MARK } from './alert-texts';

/**
 * An HTTP request made beforehand in which only the numbers of its alerts change, so that every request carries alerts
 * nobody has seen and making it costs next to nothing.
 */
export class NumberedRequest {
  private readonly bytes: Buffer;
  private readonly places: number[];
  private readonly digits = Buffer.alloc(NUMBER_MARK.length);

  /**
   * @param body text in which each alert has `NUMBER_MARK` equally often, all of one alert before those of the next
   * @param alerts how many alerts the body has
   */
  constructor(
    head: { path: string; host: string; token: string | null },
    body: string,
    private readonly alerts: number,
  ) {
    const lines = [
      `POST ${head.path} HTTP/1.1`,
      `host: ${head.host}`,
      'content-type: application/json',
      ...(head.token === null ? [] : [`authorization: Bearer ${head.token}`]),
      `content-length: ${Buffer.byteLength(body)}`,
    ];
    this.bytes = Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`);
    this.places = placesOf(this.bytes);
  }

  /** The request with alerts `first`, `first + 1`, … The same bytes are used again by the next call. */
  withAlertsFrom(first: number): Buffer {
    const perAlert = this.places.length / this.alerts;
    this.places.forEach((place, index) => {
      if (index % perAlert === 0) {
        this.digits.write(String(first + index / perAlert).padStart(NUMBER_MARK.length, '0'), 'latin1');
      }
      this.digits.copy(this.bytes, place);
    });
    return this.bytes;
  }
}

function placesOf(bytes: Buffer): number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf(NUMBER_MARK); at >= 0; at = bytes.indexOf(NUMBER_MARK, at + 1)) places.push(at);
  return places;
}
