import { keyFingerprint } from './key-fingerprint';
import { keysOfTrust } from './key-trust';
import type { SidecarState } from './state-file';

/** Which signing keys this sidecar goes by, each as its fingerprint; null where there is none. */
export interface ReportedKeys {
  /** The only one that it trusts. */
  trusted: string | null;
  /** The one that the file on disk was verified with. */
  revision: string | null;
  /** The one that it was set to begin with. */
  set: string | null;
}

/** What AlertAgent is told about keys, so that it can be seen there who still rests on an older one. */
export function reportedKeys(pinnedKey: string | null, state: Readonly<SidecarState>): ReportedKeys {
  const trusted = keysOfTrust(pinnedKey, state).pinnedKey;
  return {
    trusted: trusted && keyFingerprint(trusted),
    revision: state.onDisk?.signedBy ?? null,
    set: pinnedKey && keyFingerprint(pinnedKey),
  };
}
