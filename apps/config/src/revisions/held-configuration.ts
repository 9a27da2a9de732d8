import { keyText, type ConfigKey } from './config-key';

/** Nothing was published because somebody decided that what is served stays. */
export class HeldConfiguration extends Error {
  constructor(key: ConfigKey) {
    super(`${keyText(key)} is held`);
    this.name = 'HeldConfiguration';
  }
}
