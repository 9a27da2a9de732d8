import type { ConfigClient } from './config-client';
import type { ConfigFile } from './config-file';
import type { Log } from './json-log';
import { followChain, readStatements } from './key-chain';
import { keyFingerprint } from './key-fingerprint';
import type { SidecarState } from './state-file';
import { checkKey, type KeysOfTrust } from './verify-revision';

/** Which signing key is trusted: the first one seen, or the one that was set, or what followed it by statements of theirs. */
export class KeyTrust {
  constructor(
    private readonly parts: {
      pinnedKey: string | null;
      client: ConfigClient;
      file: ConfigFile;
      onChange: () => void;
      log: Log;
    },
  ) {}

  /** The keys by which a revision is judged now. */
  get keys(): KeysOfTrust {
    const { pinnedKey, file } = this.parts;
    return keysOfTrust(pinnedKey, file.state);
  }

  /**
   * AlertAgent signs with this key. If it is a new one, the statements that lead to it are asked for, and followed as far as they
   * hold. Rejects with ExchangeFailed.
   */
  async learn(key: string | undefined): Promise<void> {
    const { client, file, onChange, log } = this.parts;
    const { pinnedKey: trusted, retiredKeys } = this.keys;
    if (trusted === null || key === undefined || key === trusted || retiredKeys.includes(key)) return;
    const answer = await client.keyStatements();
    const steps =
      answer.status === 200 ? followChain(trusted, retiredKeys, readStatements(jsonOrNull(answer.body))) : [];
    const newest = steps.at(-1);
    if (newest === undefined) return;
    await file.followKeys(trusted, steps);
    log('info', 'AlertAgent signs with a new key, by the word of the one before it', {
      key: keyFingerprint(newest.key),
      rotations: steps.length,
    });
    onChange();
  }

  /** Throws RefusedRevision when AlertAgent signs with a key that nothing leads to; one that was retired may be on its way out. */
  check(key: string | undefined): void {
    const { keys } = this;
    if (key !== undefined && !keys.retiredKeys.includes(key)) checkKey(key, keys);
  }
}

/** A key that was set is where the chain begins: what followed it stays trusted. Any other one starts over from it. */
export function keysOfTrust(pinnedKey: string | null, state: Readonly<SidecarState>): KeysOfTrust {
  const { key, keyChain, retiredKeys } = state;
  const isWithin = pinnedKey === null || pinnedKey === key || keyChain.some(({ previous }) => previous === pinnedKey);
  if (isWithin) return { pinnedKey: key ?? pinnedKey, retiredKeys };
  return { pinnedKey, retiredKeys: retiredKeys.filter((retired) => retired !== pinnedKey) };
}

function jsonOrNull(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
}
