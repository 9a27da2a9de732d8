import { isAlertAgents, readAlertmanagerConfig, type AlertmanagerConfigProblem } from '@alertagent/alerting';
import {
  ServiceError,
  type Actor,
  type AlertmanagerLayerChange,
  type AlertmanagerLayerView,
  type CreateAlertmanagerLayer,
  type DeleteAlertmanagerLayer,
  type ImportAlertmanagerConfig,
  type FieldProblem,
  type RestoreAlertmanagerLayer,
  type UpdateAlertmanagerLayer,
} from '@alertagent/contracts';
import { Clock, isUniqueViolation, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ConfigurationChanges, type DecidedChange } from './configuration-changes';
import { invalidInput, isSameContent, layerView, onlyOneOf } from './layer-content';
import { LayerInputs } from './layer-inputs';
import type { LayerContent, StoredLayer } from './layer.entity';
import { LayersStore } from './layers.store';
import { SecretVault } from './secret-vault';

/** Makes, changes, restores and deletes layers. */
@Injectable()
export class LayersService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: LayersStore,
    private readonly inputs: LayerInputs,
    private readonly vault: SecretVault,
    private readonly changes: ConfigurationChanges,
    private readonly clock: Clock,
  ) {}

  /** Errors: `invalid`, with pointers; `conflict` when the name is taken or there is such a layer. */
  async create({ layer: input, actor }: CreateAlertmanagerLayer): Promise<AlertmanagerLayerView> {
    const id = newId();
    const { content, secrets } = await this.inputs.read(input, id);
    return this.commit(actor, async (tx) => {
      const kept = await this.vault.keep(tx, secrets, actor);
      return this.write(tx, { change: 'created', before: null, id, content, reason: input.reason, actor, kept });
    });
  }

  /** Takes an alertmanager.yml over as a layer, without AlertAgent's receiver. Errors: as `create`, and with every problem of the text. */
  async import({
    text,
    version,
    name,
    scope,
    reason,
    actor,
  }: ImportAlertmanagerConfig): Promise<AlertmanagerLayerView> {
    const { valid, problems, value } = readAlertmanagerConfig(text, { version });
    if (!valid || !value)
      throw invalidInput(problems.filter(({ severity }) => severity === 'error').map(problemOfText));
    const receivers = Array.isArray(value['receivers'])
      ? value['receivers'].filter((each) => !isAlertAgents(each))
      : [];
    const document = { ...value, receivers };
    return this.create({ layer: { name, scope, document, reason }, actor });
  }

  /**
   * Replaces a layer. The same content again makes no new version. Errors: as for `create`, `not_found`, and `conflict` when it is not at
   * `expected_version`.
   */
  async update({ id, layer: input, expected_version, actor }: UpdateAlertmanagerLayer): Promise<AlertmanagerLayerView> {
    const { id: layerId } = await this.expect(this.dataSource.manager, id, expected_version);
    const { content, secrets } = await this.inputs.read(input, layerId);
    return this.commit(actor, async (tx) => {
      const before = await this.expect(tx, layerId, expected_version);
      const kept = await this.vault.keep(tx, secrets, actor);
      return this.write(tx, { change: 'updated', before, id: layerId, content, reason: input.reason, actor, kept });
    });
  }

  /** Makes the content of an earlier version the newest one; secrets are as they are now. Errors: `not_found`, `conflict`. */
  async restore({
    id,
    version,
    reason,
    expected_version,
    actor,
  }: RestoreAlertmanagerLayer): Promise<AlertmanagerLayerView> {
    return this.commit(actor, async (tx) => {
      const before = await this.expect(tx, id, expected_version);
      const row = await this.store.version(tx, before.id, version);
      if (!row) throw new ServiceError('not_found', `the layer has no version ${version}`);
      return this.write(tx, {
        change: 'restored',
        before,
        id: before.id,
        content: row.content,
        reason,
        actor,
        kept: [],
      });
    });
  }

  /** Its versions are kept. Errors: `not_found`; `conflict` also when a cluster could not do without it. */
  async delete({ id, expected_version, actor }: DeleteAlertmanagerLayer): Promise<void> {
    await this.changes.commit(
      actor,
      async (tx) => {
        const before = await this.expect(tx, id, expected_version);
        const after = { ...before, version: before.version + 1, activeName: null, onlyOne: null };
        const now = this.clock.now();
        const gone = { ...after, author: actor.name.slice(0, 200), reason: 'deleted', updatedAt: now, deletedAt: now };
        await this.store.replace(tx, gone);
        await this.store.addVersion(tx, versionOf(gone, 'deleted'));
        return decided(gone, { action: 'deleted', before: layerView(before) });
      },
      (problems) => new ServiceError('conflict', 'a cluster could not do without it', { errors: problems }),
    );
  }

  private async commit(
    actor: Actor,
    decide: (tx: EntityManager) => Promise<DecidedChange<StoredLayer>>,
  ): Promise<AlertmanagerLayerView> {
    try {
      return layerView(await this.changes.commit(actor, decide, invalidInput));
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      const detail = 'another layer has this name, or there is one for all clusters, or for this cluster, already';
      throw new ServiceError('conflict', detail, {
        errors: [{ pointer: '', code: 'not_unique', detail }],
        cause: error,
      });
    }
  }

  private async write(
    tx: EntityManager,
    { change, before, id, content, reason, actor, kept }: LayerChange,
  ): Promise<DecidedChange<StoredLayer>> {
    // A secret that was given anew changes files, though the document is the same.
    if (before && isSameContent(before, content) && kept.length === 0) return decided(before, null);
    const now = this.clock.now();
    const after: StoredLayer = {
      ...content,
      id,
      activeName: content.name,
      onlyOne: onlyOneOf(content),
      version: (before?.version ?? 0) + 1,
      author: actor.name.slice(0, 200),
      reason,
      createdAt: before?.createdAt ?? now,
      updatedAt: now,
      deletedAt: null,
    };
    await (before ? this.store.replace(tx, after) : this.store.insert(tx, after));
    await this.store.addVersion(tx, versionOf(after, change));
    return decided(after, { action: change, ...(before && { before: layerView(before) }), after: layerView(after) });
  }

  private async expect(manager: EntityManager, id: string, expected?: number | null): Promise<StoredLayer> {
    const layer = await this.store.find(manager, id);
    if (!layer || layer.deletedAt) throw new ServiceError('not_found', 'there is no such layer');
    if (expected === null || expected === undefined || layer.version === expected) return layer;
    const detail = `the layer is at version ${layer.version}, not ${expected}`;
    throw new ServiceError('conflict', detail, { errors: [{ pointer: '', code: 'version_mismatch', detail }] });
  }
}

interface LayerChange {
  change: AlertmanagerLayerChange;
  before: StoredLayer | null;
  id: string;
  content: LayerContent;
  reason: string;
  actor: Actor;
  /** Names of secrets that were given anew. */
  kept: string[];
}

const problemOfText = ({ line, column, check, pointer, message }: AlertmanagerConfigProblem): FieldProblem => ({
  pointer: '/text',
  code: check,
  detail: `line ${line}, column ${column}: ${pointer} ${message}`,
});

function versionOf(layer: StoredLayer, change: AlertmanagerLayerChange) {
  const { id: layerId, version, author, reason, updatedAt: createdAt } = layer;
  const { name, kind, matchers, rank, clusterId, document } = layer;
  return {
    layerId,
    version,
    change,
    author,
    reason,
    createdAt,
    content: { name, kind, matchers, rank, clusterId, document },
  };
}

function decided(
  result: StoredLayer,
  change: { action: AlertmanagerLayerChange; before?: object; after?: object } | null,
): DecidedChange<StoredLayer> {
  const { id } = result;
  const audit = change && {
    ...change,
    action: `alertmanager-layer.${change.action}`,
    resource_type: 'alertmanager-layer',
    resource_id: id,
  };
  return { result, touches: (layer) => layer.id === id, audit };
}
