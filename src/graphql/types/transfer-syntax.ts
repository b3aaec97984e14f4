import { tagOf } from '../../dicom/dictionary.ts';
import { transferSyntaxOf } from '../../dicom/transfer-syntax.ts';
import { readAttributes } from '../attribute-field.ts';
import { builder } from '../builder.ts';
import { InstanceRetrieve } from './instance-retrieve.ts';

const TransferSyntax = builder.objectRef<{ readonly uid: string }>('TransferSyntax').implement({
  description: 'How an object is encoded (PS3.5 §10).',
  fields: (t) => ({
    uid: t.expose('uid', { type: 'UID', nullable: false, description: 'Transfer Syntax UID.' }),
    name: t.string({
      description: 'Name of PS3.6 Table A-1. Null: a private one, or one that came later.',
      resolve: ({ uid }) => transferSyntaxOf(uid)?.name ?? null,
    }),
    isLossy: t.boolean({
      description: 'Decoding need not give back the pixels that were encoded. Null: not known.',
      resolve: ({ uid }) => transferSyntaxOf(uid)?.lossy ?? null,
    }),
  }),
});

const availableTransferSyntaxUID = tagOf('AvailableTransferSyntaxUID');

builder.objectFields(InstanceRetrieve, (t) => ({
  availableTransferSyntaxes: t.field({
    type: [TransferSyntax],
    nullable: { list: true, items: false },
    description: 'Available Transfer Syntax UID (0008,3002): what native gives without conversion. Null: not told.',
    extensions: { dicom: { reads: [availableTransferSyntaxUID] } },
    resolve: (instance) =>
      readAttributes(instance, [availableTransferSyntaxUID], (dataSet) => {
        const uids = (dataSet?.texts(availableTransferSyntaxUID) ?? []).filter((uid) => uid !== null);
        return uids.length === 0 ? null : uids.map((uid) => ({ uid }));
      }),
  }),
}));
