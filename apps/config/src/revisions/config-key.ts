import type { ConfigType } from '@alertagent/contracts';

/** One configuration: a cluster has one of each type. */
export interface ConfigKey {
  clusterId: string;
  type: ConfigType;
}

/** The key as text, for maps. */
export const keyText = ({ clusterId, type }: ConfigKey): string => `${type}/${clusterId}`;
