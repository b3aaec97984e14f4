import { tagOf } from '../../dicom/dictionary.ts';
import { parseStudyFilter } from '../../planner/criterion.ts';
import type { FieldDeclaration } from '../../planner/declaration.ts';
import { studyTags } from '../../planner/loaders.ts';
import { readNeed } from '../../planner/need.ts';
import { StudyNode } from '../../planner/nodes.ts';
import { searchRows } from '../../planner/page.ts';
import { keyTag } from '../../planner/search-runner.ts';
import { builder } from '../builder.ts';
import { pageArguments } from '../connection.ts';
import { maxRootPage, parseFirst } from '../limits.ts';
import { PatientNode } from '../patient-node.ts';
import { searchStudies } from '../search-studies.ts';
import { DicomObject } from './dicom-object.ts';
import { StudyConnection } from './study-connection.ts';

const patientID = tagOf('PatientID');
const issuerOfPatientID = tagOf('IssuerOfPatientID');
const identity: FieldDeclaration = { reads: [patientID, issuerOfPatientID], enters: 'search' };

/** One patient's studies: those with the same ID of the same issuer. */
const filterOf = (id: string, issuer: string | null) => ({
  patientID: { equals: id },
  ...(issuer === null ? {} : { attributes: [{ path: 'IssuerOfPatientID', match: { text: { equals: issuer } } }] }),
});

export const Patient = builder.objectRef<PatientNode>('Patient').implement({
  description: 'As the study records the patient. Identity is origin, issuer and patientID.',
  interfaces: [DicomObject],
  fields: (t) => ({
    patientID: t.attribute('PatientID'),
    issuerOfPatientID: t.attribute('IssuerOfPatientID'),
    patientName: t.attribute('PatientName'),
    patientBirthDate: t.attribute('PatientBirthDate'),
    patientSex: t.attribute('PatientSex', { description: 'M, F or O.' }),
    studies: t.field({
      type: StudyConnection,
      description: 'Studies with the same patientID and issuer, in the order of the origin. Null without a patientID.',
      args: pageArguments(t, 25, maxRootPage),
      extensions: { dicom: identity },
      resolve: async (patient, { first, after }, _context, info) => {
        const id = (await patient.read(patientID)).text(patientID);
        if (id === null) return null;
        const issuer = (await patient.read(issuerOfPatientID)).text(issuerOfPatientID);
        const page = { first: parseFirst(first, maxRootPage, 25), after: after ?? null };
        return searchStudies(patient.study.loaders, { filter: filterOf(id, issuer), orderBy: null, ...page }, info);
      },
    }),
  }),
});

builder.queryField('patient', (t) =>
  t.field({
    type: Patient,
    scope: 'search',
    description: 'A patient, as the first of its studies records it. Null: no study of that patient.',
    args: {
      patientID: t.arg.string({
        required: true,
        description: 'Patient ID (0010,0020); upper and lower case are the same.',
      }),
      issuerOfPatientID: t.arg.string({ description: 'Issuer of Patient ID (0010,0021).' }),
      origin: t.arg.id({ description: 'Of `origins`; the first where absent.' }),
    },
    resolve: async (_root, args, context, info) => {
      const loaders = context.loaders(args.origin);
      const need = readNeed(info, 'study');
      const criteria = parseStudyFilter(filterOf(args.patientID, args.issuerOfPatientID ?? null), 'patient');
      const page = await searchRows(loaders, {
        level: 'study',
        criteria,
        tags: studyTags(need),
        first: 1,
        after: null,
      });
      const row = page.items[0]?.row;
      const study = row?.dataSet.uid(keyTag.study);
      return row && study ? new PatientNode(new StudyNode(loaders, study, row, need)) : null;
    },
  }),
);
