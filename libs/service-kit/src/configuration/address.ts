import { ValidateBy, type ValidationOptions } from 'class-validator';
import ipaddr from 'ipaddr.js';

/** An absolute URL with one of `schemes`, e.g. `IsAddress(['http', 'https'])`. */
export function IsAddress(schemes: readonly string[], options?: ValidationOptions): PropertyDecorator {
  const expected = schemes.map((scheme) => `${scheme}://…`).join(' or ');
  return ValidateBy(
    {
      name: 'isAddress',
      validator: {
        validate: (value) => typeof value === 'string' && isAddress(value, schemes),
        defaultMessage: () => `must be an address of the form ${expected}`,
      },
    },
    options,
  );
}

function isAddress(text: string, schemes: readonly string[]): boolean {
  // The parser silently repairs `http:host` and strips blanks; a configuration should say what it means.
  if (!schemes.some((scheme) => text.startsWith(`${scheme}://`)) || /\s/.test(text)) return false;
  try {
    return new URL(text).hostname !== '';
  } catch {
    return false;
  }
}

const HOST_AND_PORT = /^(?:[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

/** What may be named as an exception for outgoing requests: `10.0.0.0/8`, `10.1.2.3`, `n8n`, `n8n:5678`, `http://n8n:5678`. */
export function isOutboundException(text: string): boolean {
  if (text.includes('://')) return isAddress(text, ['http', 'https']);
  if (ipaddr.isValid(text) || ipaddr.isValidCIDR(text)) return true;
  return HOST_AND_PORT.test(text) && !text.includes('/');
}

/** A list of {@link isOutboundException} texts. */
export function AreOutboundExceptions(): PropertyDecorator {
  return ValidateBy({
    name: 'areOutboundExceptions',
    validator: {
      validate: (value) =>
        Array.isArray(value) && value.every((entry) => typeof entry === 'string' && isOutboundException(entry)),
      defaultMessage: () => 'each entry must be a network (10.0.0.0/8), an address, a host[:port] or an http(s) origin',
    },
  });
}
