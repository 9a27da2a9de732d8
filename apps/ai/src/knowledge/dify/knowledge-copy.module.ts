import { Module } from '@nestjs/common';
import { DifyApiModule } from '../../dify/dify-api.module';
import { DifyCopies } from './dify-copies';
import { DifyDataset } from './dify-dataset';
import { DifyDocumentsStore } from './dify-documents.store';
import { DifyMirror } from './dify-mirror';

@Module({ imports: [DifyApiModule], providers: [DifyCopies, DifyDataset, DifyDocumentsStore, DifyMirror] })
export class KnowledgeCopyModule {}
