import {
  createAlertmanagerLayer,
  deleteAlertmanagerLayer,
  diffAlertmanagerLayer,
  getAlertmanagerLayer,
  getAlertmanagerLayerVersion,
  importAlertmanagerLayer,
  listAlertmanagerLayers,
  listAlertmanagerLayerVersions,
  restoreAlertmanagerLayer,
  updateAlertmanagerLayer,
  type AlertmanagerLayerDiff,
  type AlertmanagerLayerPage,
  type AlertmanagerLayerVersionPage,
  type AlertmanagerLayerVersionView,
  type AlertmanagerLayerView,
  type ById,
  type CreateAlertmanagerLayer,
  type DeleteAlertmanagerLayer,
  type DiffAlertmanagerLayer,
  type Done,
  type GetAlertmanagerLayerVersion,
  type ImportAlertmanagerConfig,
  type ListAlertmanagerLayers,
  type ListAlertmanagerLayerVersions,
  type RestoreAlertmanagerLayer,
  type UpdateAlertmanagerLayer,
} from '@alertagent/contracts';
import { OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { LayerReader } from './layer-reader';
import { LayersService } from './layers.service';

/** What others ask of the layers of Alertmanager configuration. */
@Controller()
export class LayersHandlers {
  constructor(
    private readonly layers: LayersService,
    private readonly reader: LayerReader,
  ) {}

  @OnRequest(createAlertmanagerLayer)
  create(query: CreateAlertmanagerLayer): Promise<AlertmanagerLayerView> {
    return this.layers.create(query);
  }

  @OnRequest(importAlertmanagerLayer)
  import(query: ImportAlertmanagerConfig): Promise<AlertmanagerLayerView> {
    return this.layers.import(query);
  }

  @OnRequest(updateAlertmanagerLayer)
  update(query: UpdateAlertmanagerLayer): Promise<AlertmanagerLayerView> {
    return this.layers.update(query);
  }

  @OnRequest(restoreAlertmanagerLayer)
  restore(query: RestoreAlertmanagerLayer): Promise<AlertmanagerLayerView> {
    return this.layers.restore(query);
  }

  @OnRequest(deleteAlertmanagerLayer)
  async delete(query: DeleteAlertmanagerLayer): Promise<Done> {
    await this.layers.delete(query);
    return { done: true };
  }

  @OnRequest(getAlertmanagerLayer)
  get({ id }: ById): Promise<AlertmanagerLayerView> {
    return this.reader.get(id);
  }

  @OnRequest(listAlertmanagerLayers)
  list(query: ListAlertmanagerLayers): Promise<AlertmanagerLayerPage> {
    return this.reader.list(query);
  }

  @OnRequest(listAlertmanagerLayerVersions)
  versions(query: ListAlertmanagerLayerVersions): Promise<AlertmanagerLayerVersionPage> {
    return this.reader.versions(query);
  }

  @OnRequest(getAlertmanagerLayerVersion)
  version(query: GetAlertmanagerLayerVersion): Promise<AlertmanagerLayerVersionView> {
    return this.reader.version(query);
  }

  @OnRequest(diffAlertmanagerLayer)
  diff(query: DiffAlertmanagerLayer): Promise<AlertmanagerLayerDiff> {
    return this.reader.diff(query);
  }
}
