import type { StructValues } from '../schema/go-type';

/** Something in a configuration that loads and does not do what was meant. */
export interface Warning {
  check: string;
  message: string;
  pointer: string;
  fix?: string;
}

/** Finds warnings of one kind in a valid configuration. */
export type WarningCheck = (document: StructValues, minor: number) => Warning[];
