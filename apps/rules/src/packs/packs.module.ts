import { Module } from '@nestjs/common';
import { TemplatesModule } from '../templates/templates.module';
import { InstalledPacks } from './installed-packs';
import { PackCatalogue } from './pack-catalogue';
import { PacksHandlers } from './packs.handlers';
import { PacksService } from './packs.service';

@Module({
  imports: [TemplatesModule],
  controllers: [PacksHandlers],
  providers: [InstalledPacks, PackCatalogue, PacksService],
})
export class PacksModule {}
