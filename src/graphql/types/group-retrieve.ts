import type { SeriesNode, StudyNode } from '../../planner/nodes.ts';
import { builder } from '../builder.ts';
import { refOf, requireRepresentation, rootRepresentations } from '../retrieve.ts';
import { Representation, SignedDicomwebRoot, SignedUrl } from './signed-url.ts';

const addRetrieve = (name: 'StudyRetrieve' | 'SeriesRetrieve', what: 'study' | 'series') =>
  builder.objectRef<StudyNode | SeriesNode>(name).implement({
    description: `Signed URLs of a ${what}. A form that the origin does not give is REPRESENTATION_UNAVAILABLE.`,
    fields: (t) => ({
      native: t.field({
        type: SignedUrl,
        scope: 'native',
        description: `Every instance of the ${what} as stored: multipart/related of application/dicom.`,
        resolve: (node, _args, context) => {
          requireRepresentation(node.loaders.origin, 'NATIVE');
          return context.links.native(node.loaders.origin.id, refOf(node));
        },
      }),
      metadata: t.field({
        type: SignedUrl,
        scope: 'metadata',
        description:
          'Every attribute of every instance, as DICOM JSON (PS3.18 Annex F), its BulkDataURIs as signed URLs.',
        resolve: (node, _args, context) => {
          requireRepresentation(node.loaders.origin, 'METADATA');
          return context.links.metadata(node.loaders.origin.id, refOf(node));
        },
      }),
      thumbnail: t.field({
        type: SignedUrl,
        scope: 'rendered',
        description: `A small image that stands for the ${what}: JPEG.`,
        args: {
          width: t.arg.int({ description: 'Pixels of the longest side: 1 to 16,384. Absent: as the origin likes.' }),
        },
        resolve: (node, { width }, context) => {
          requireRepresentation(node.loaders.origin, 'THUMBNAIL');
          return context.links.thumbnail(node.loaders.origin.id, refOf(node), { width: width ?? null });
        },
      }),
      dicomweb: t.field({
        type: SignedDicomwebRoot,
        description: `A DICOMweb service of this ${what} and nothing else, for a viewer that speaks DICOMweb itself.`,
        args: {
          representations: t.arg({
            type: [Representation],
            description: 'At least one. Absent: all that the origin gives and the viewer may have.',
          }),
        },
        resolve: (node, { representations }, context) => {
          const { origin } = node.loaders;
          return context.links.dicomwebRoot(
            origin.id,
            refOf(node),
            rootRepresentations(origin, representations, context.principal),
          );
        },
      }),
    }),
  });

export const StudyRetrieve = addRetrieve('StudyRetrieve', 'study');
export const SeriesRetrieve = addRetrieve('SeriesRetrieve', 'series');
