import { sopClassName } from '../../dicom/sop-class.ts';
import { builder } from '../builder.ts';

export const SOPClass = builder.objectRef<{ readonly uid: string }>('SOPClass').implement({
  description: 'What kind of object an instance is.',
  fields: (t) => ({
    uid: t.expose('uid', { type: 'UID', nullable: false, description: 'SOP Class UID (0008,0016).' }),
    name: t.string({
      description: 'Name of PS3.6 Table A-1. Null: a private SOP Class, or one that came later.',
      resolve: ({ uid }) => sopClassName(uid),
    }),
  }),
});
