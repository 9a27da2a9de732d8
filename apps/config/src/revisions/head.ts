import type { ConfigType } from '@alertagent/contracts';

/** Which revision of a cluster's configuration is being served, and whether somebody holds it there. */
export interface Head {
  clusterId: string;
  type: ConfigType;
  /** Number of the served revision; 0 while nothing has been published. */
  revision: number;
  /** Number of the newest revision, refused ones included; the next one is this plus one. */
  lastRevision: number;
  changedAt: Date;
  /** When the cluster was retired: nothing is rendered or served for it any more. */
  retiredAt: Date | null;
  /** When somebody decided that what is served stays; null while it follows what is wanted. */
  heldAt: Date | null;
  /** Name of who holds it. */
  heldBy: string | null;
  holdReason: string | null;
  /** The rollout that holds it and alone may publish; null when a person holds it. */
  rolloutId: string | null;
  /** Since when it is to be rendered without an event that asks for it. */
  renderDue: Date | null;
}
