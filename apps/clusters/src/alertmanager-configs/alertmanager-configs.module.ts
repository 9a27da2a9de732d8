import { Module } from '@nestjs/common';
import { ClustersStoreModule } from '../clusters/clusters-store.module';
import { HealthStoreModule } from '../health/health-store.module';
import { AlertmanagerConfigsHandlers } from './alertmanager-configs.handlers';
import { ConfigurationChanges } from './configuration-changes';
import { ConfigurationWorlds } from './configuration-worlds';
import { EffectiveReader } from './effective-reader';
import { LayerInputs } from './layer-inputs';
import { LayerPreviews } from './layer-previews';
import { LayerReader } from './layer-reader';
import { LayersHandlers } from './layers.handlers';
import { LayersService } from './layers.service';
import { LayersStore } from './layers.store';
import { SecretVault } from './secret-vault';
import { SecretsService } from './secrets.service';
import { SecretsStore } from './secrets.store';

/** Alertmanager configuration: layers, what they add up to for each cluster, and the secrets in them. */
@Module({
  imports: [ClustersStoreModule, HealthStoreModule],
  controllers: [AlertmanagerConfigsHandlers, LayersHandlers],
  providers: [
    ConfigurationChanges,
    ConfigurationWorlds,
    EffectiveReader,
    LayerInputs,
    LayerPreviews,
    LayerReader,
    LayersService,
    LayersStore,
    SecretsService,
    SecretsStore,
    SecretVault,
  ],
})
export class AlertmanagerConfigsModule {}
