/** The content is not a configuration of its type. The message has the place, not the text. */
export class UnusableConfig extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'UnusableConfig';
  }
}
