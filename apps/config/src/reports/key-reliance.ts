import {
  ServiceError,
  UNLISTED_KEYS,
  type KeySidecar,
  type KeySidecarPage,
  type ListKeySidecars,
} from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource, type SelectQueryBuilder } from 'typeorm';
import { keyFingerprint } from '../signing/key-fingerprint';
import { SigningKeysStore } from '../signing/signing-keys.store';
import { Member } from './member.entity';

const DEFAULT_PAGE = 50;

/** How many sidecars rest on what, as they said last. */
export interface Reliance {
  /** By fingerprint: those that trust the key or are set to begin with it. */
  resting: ReadonlyMap<string, number>;
  /** They do not tell which key they trust. */
  unknown: number;
  /** They trust a key that is not ours. */
  foreign: number;
}

/** So many sidecars in one cluster. */
export interface ClusterSidecars {
  clusterId: string;
  sidecars: number;
}

interface Counted {
  trusted: string | null;
  set: string | null;
  sidecars: number | string;
}

/** Who rests on which signing key. Members of clusters that are gone rest on none. */
@Injectable()
export class KeyReliance {
  constructor(
    private readonly dataSource: DataSource,
    private readonly keys: SigningKeysStore,
  ) {}

  async count(): Promise<Reliance> {
    const ours = await this.fingerprints();
    const rows = await this.members()
      .select(['m.trustedKey AS trusted', 'm.setKey AS set_key', 'COUNT(*) AS sidecars'])
      .groupBy('m.trustedKey')
      .addGroupBy('m.setKey')
      .getRawMany<Counted & { set_key: string | null }>();
    const resting = new Map<string, number>();
    let [unknown, foreign] = [0, 0];
    for (const { trusted, set_key, sidecars } of rows) {
      const count = Number(sidecars);
      for (const key of new Set([trusted, set_key])) if (key) resting.set(key, (resting.get(key) ?? 0) + count);
      if (trusted === null) unknown += count;
      else if (trusted !== '' && !ours.includes(trusted)) foreign += count;
    }
    return { resting, unknown, foreign };
  }

  /** The clusters with sidecars that do not tell or rest on one of these keys (fingerprints), those with most of them first. */
  async perCluster(fingerprints: readonly string[]): Promise<ClusterSidecars[]> {
    const restsOn = '(m.trustedKey IS NULL OR m.trustedKey IN (:...keys) OR m.setKey IN (:...keys))';
    const rows = await this.members()
      .select(['m.clusterId AS cluster', 'COUNT(*) AS sidecars'])
      .andWhere(fingerprints.length === 0 ? 'm.trustedKey IS NULL' : restsOn, { keys: fingerprints })
      .groupBy('m.clusterId')
      .orderBy('sidecars', 'DESC')
      .addOrderBy('m.clusterId')
      .getRawMany<{ cluster: string; sidecars: number | string }>();
    return rows.map(({ cluster, sidecars }) => ({ clusterId: cluster, sidecars: Number(sidecars) }));
  }

  /** A page of those that rest on a key. Errors: ServiceError `not_found`, or `invalid` for a cursor that is none. */
  async list({ key, cursor, limit }: ListKeySidecars): Promise<KeySidecarPage> {
    if (cursor && !/^[0-9a-f-]{36}$/.test(cursor)) throw new ServiceError('invalid', 'unknown cursor');
    const size = limit ?? DEFAULT_PAGE;
    const query = await this.restingOn(key);
    if (cursor) query.andWhere('m.id > :cursor', { cursor });
    const rows = await query
      .orderBy('m.id')
      .take(size + 1)
      .getMany();
    const items = rows.slice(0, size);
    return { items: items.map(view), next_cursor: rows.length > size ? (items.at(-1)?.id ?? null) : null };
  }

  private async restingOn(key: string): Promise<SelectQueryBuilder<Member>> {
    const [unknown, foreign] = UNLISTED_KEYS;
    if (key === unknown) return this.members().andWhere('m.trustedKey IS NULL');
    if (key === foreign)
      return this.members().andWhere("m.trustedKey <> '' AND m.trustedKey NOT IN (:...ours)", {
        ours: await this.fingerprints(),
      });
    const one = (await this.keys.list()).find(({ id }) => id === key);
    if (!one) throw new ServiceError('not_found', 'no such signing key');
    const fingerprint = keyFingerprint(one.publicKey);
    return this.members().andWhere('(m.trustedKey = :fingerprint OR m.setKey = :fingerprint)', { fingerprint });
  }

  private async fingerprints(): Promise<string[]> {
    return (await this.keys.list()).map(({ publicKey }) => keyFingerprint(publicKey));
  }

  private members(): SelectQueryBuilder<Member> {
    const gone = 'SELECT 1 FROM config_heads h WHERE h.cluster_id = m.clusterId AND h.retired_at IS NOT NULL';
    return this.dataSource.manager.createQueryBuilder(Member, 'm').where(`NOT EXISTS (${gone})`);
  }
}

function view({ clusterId, type, member, sidecarVersion, trustedKey, setKey, lastSeen }: Member): KeySidecar {
  return {
    cluster_id: clusterId,
    type,
    member,
    sidecar_version: sidecarVersion,
    trusted_key: trustedKey === '' ? null : trustedKey,
    set_key: setKey,
    last_seen: lastSeen.toISOString(),
  };
}
