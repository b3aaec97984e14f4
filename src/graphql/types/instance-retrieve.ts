import { explicitVrLittleEndian } from '../../dicom/transfer-syntax.ts';
import { FacadeError } from '../../errors.ts';
import type { FieldDeclaration } from '../../planner/declaration.ts';
import type { InstanceNode } from '../../planner/nodes.ts';
import { builder } from '../builder.ts';
import { listBulkData } from '../bulk-data.ts';
import { checkLength, maxFramesInAnswer } from '../limits.ts';
import { hasThumbnail, readsDrawable, renderedFormOf } from '../rendered-form.ts';
import { frameCountOfNode, instanceRefOf, kindTags, readsKind, requireRepresentation } from '../retrieve.ts';
import { readsStoredSyntax, requireSyntax } from '../stored-form.ts';
import { BulkDataLink } from './bulk-data-link.ts';
import { renderedArguments } from './rendering-arguments.ts';
import { SignedUrl, SignedUrlTemplate } from './signed-url.ts';

const syntaxArgument = 'Absent: as stored. Of availableTransferSyntaxes, or one that the origin converts to.';

/** One frame of an instance, known to exist. */
interface FrameModel {
  readonly instance: InstanceNode;
  readonly number: number;
}

const FrameRetrieve = builder.objectRef<FrameModel>('FrameRetrieve').implement({
  description: 'Signed URLs of one frame.',
  fields: (t) => ({
    number: t.exposeInt('number', { nullable: false, description: 'From 1.' }),
    native: t.field({
      type: SignedUrl,
      scope: 'native',
      description:
        'Its pixel data, one body. Without transferSyntaxUID: as stored. 1.2.840.10008.1.2.1: decoded, little endian.',
      args: { transferSyntaxUID: t.arg({ type: 'UID', description: syntaxArgument }) },
      extensions: { dicom: { reads: readsStoredSyntax } },
      resolve: ({ instance, number }, { transferSyntaxUID }, context) => {
        const { origin } = instance.loaders;
        requireRepresentation(origin, 'FRAMES');
        const mint = () =>
          context.links.frame(origin.id, instanceRefOf(instance), number, frameRequest(transferSyntaxUID));
        return transferSyntaxUID ? requireSyntax(instance, 'FRAMES', transferSyntaxUID).then(mint) : mint();
      },
    }),
    rendered: t.field({
      type: SignedUrl,
      scope: 'rendered',
      description: 'An image for display. Null: this kind of object has no rendered form.',
      args: renderedArguments(t),
      extensions: { dicom: readsDrawable },
      resolve: async ({ instance, number }, args, { links, maxDrawnPixels }) => {
        const form = await renderedFormOf(instance, 'frame', args, maxDrawnPixels);
        return form && links.renderedFrame(instance.loaders.origin.id, instanceRefOf(instance), number, form);
      },
    }),
  }),
});

export const InstanceRetrieve = builder.objectRef<InstanceNode>('InstanceRetrieve').implement({
  description:
    'Signed URLs of an instance, each form for itself. A form that the origin does not give is REPRESENTATION_UNAVAILABLE. Minting costs no origin request, but where a row does not tell what kind of object it is, or how it is stored.',
  fields: (t) => ({
    native: t.field({
      type: SignedUrl,
      scope: 'native',
      description: 'The object as application/dicom. Without transferSyntaxUID: byte for byte as stored.',
      args: { transferSyntaxUID: t.arg({ type: 'UID', description: syntaxArgument }) },
      extensions: { dicom: { reads: readsStoredSyntax } },
      resolve: (node, { transferSyntaxUID }, context) => {
        requireRepresentation(node.loaders.origin, 'NATIVE');
        const mint = () => context.links.native(node.loaders.origin.id, instanceRefOf(node), { transferSyntaxUID });
        return transferSyntaxUID ? requireSyntax(node, 'NATIVE', transferSyntaxUID).then(mint) : mint();
      },
    }),
    metadata: t.field({
      type: SignedUrl,
      scope: 'metadata',
      description: 'Every attribute as DICOM JSON (PS3.18 Annex F), its BulkDataURIs as signed URLs.',
      resolve: (node, _args, context) => {
        requireRepresentation(node.loaders.origin, 'METADATA');
        return context.links.metadata(node.loaders.origin.id, instanceRefOf(node));
      },
    }),
    rendered: t.field({
      type: SignedUrl,
      scope: 'rendered',
      description: 'An image for display. Null without an error: this kind of object has no rendered form.',
      args: renderedArguments(t),
      extensions: { dicom: readsDrawable },
      resolve: async (node, args, { links, maxDrawnPixels }) => {
        const form = await renderedFormOf(node, 'instance', args, maxDrawnPixels);
        return form && links.rendered(node.loaders.origin.id, instanceRefOf(node), form);
      },
    }),
    thumbnail: t.field({
      type: SignedUrl,
      scope: 'rendered',
      description: 'A small image: JPEG. Null: this kind of object has no rendered form.',
      args: {
        width: t.arg.int({ description: 'Pixels of the longest side: 1 to 16,384. Absent: as the origin likes.' }),
      },
      extensions: { dicom: readsDrawable },
      resolve: async (node, { width }, { links, maxDrawnPixels }) => {
        if (!(await hasThumbnail(node, maxDrawnPixels))) return null;
        return links.thumbnail(node.loaders.origin.id, instanceRefOf(node), { width: width ?? null });
      },
    }),
    frameCount: t.int({
      description: '0: no pixel data; 1 where NumberOfFrames is absent; null: not known.',
      extensions: { dicom: readsKind },
      resolve: frameCountOfNode,
    }),
    frame: t.field({
      type: FrameRetrieve,
      description: 'One frame. Null: no pixel data.',
      args: { number: t.arg.int({ required: true, description: 'From 1 to frameCount.' }) },
      extensions: { dicom: readsKind },
      resolve: async (node, { number }) => {
        const [frame = null] = await existingFrames(node, [number], 'number');
        return frame;
      },
    }),
    frames: t.field({
      type: [FrameRetrieve],
      nullable: { list: true, items: true },
      description: `At most ${maxFramesInAnswer}; for more, a template. Null: no pixel data.`,
      args: { numbers: t.arg.intList({ required: true, description: 'From 1 to frameCount, in any order.' }) },
      extensions: { dicom: readsKind },
      resolve: async (node, { numbers }) => {
        checkLength(numbers, maxFramesInAnswer, 'numbers');
        const frames = await existingFrames(node, numbers, 'numbers');
        return frames.length === 0 && numbers.length > 0 ? null : frames;
      },
    }),
    frameTemplate: t.field({
      type: SignedUrlTemplate,
      scope: 'native',
      description: 'Every frame by one signature. Null: no pixel data, or the number of frames is not known.',
      args: { transferSyntaxUID: t.arg({ type: 'UID', description: syntaxArgument }) },
      extensions: { dicom: { reads: (args) => [...kindTags, ...readsStoredSyntax(args)] } satisfies FieldDeclaration },
      resolve: async (node, { transferSyntaxUID }, context) => {
        const { origin } = node.loaders;
        requireRepresentation(origin, 'FRAMES');
        const count = await frameCountOfNode(node);
        if (!count) return null;
        if (transferSyntaxUID) await requireSyntax(node, 'FRAMES', transferSyntaxUID);
        return context.links.frameTemplate(origin.id, instanceRefOf(node), count, frameRequest(transferSyntaxUID));
      },
    }),
    renderedFrameTemplate: t.field({
      type: SignedUrlTemplate,
      scope: 'rendered',
      description: 'Every frame for display, by one signature. Null: this kind of object has no rendered form.',
      args: renderedArguments(t),
      extensions: { dicom: readsDrawable },
      resolve: async (node, args, { links, maxDrawnPixels }) => {
        const form = await renderedFormOf(node, 'frame', args, maxDrawnPixels);
        const count = await frameCountOfNode(node);
        if (!count || !form) return null;
        return links.renderedFrameTemplate(node.loaders.origin.id, instanceRefOf(node), count, form);
      },
    }),
    bulkData: t.field({
      type: [BulkDataLink],
      nullable: { list: true, items: false },
      scope: 'native',
      description:
        'Every binary attribute but pixel data, or those at the paths given. Costs the metadata of the instance.',
      args: {
        paths: t.arg.stringList({ description: 'As for attribute. Absent: all.' }),
        first: t.arg.int({ defaultValue: 20, description: 'At most so many: 0 to 1000.' }),
      },
      resolve: (node, { paths, first }) => listBulkData(node, paths ?? null, first ?? 20),
    }),
  }),
});

const frameRequest = (transferSyntaxUID: string | null | undefined) => ({
  transferSyntaxUID: transferSyntaxUID ?? null,
  // Decoded frames are bytes of pixels; what a frame is as stored only its retrieval tells.
  mediaType: transferSyntaxUID === explicitVrLittleEndian ? 'application/octet-stream' : null,
});

/**
 * Frames by their numbers; none where the instance has no pixel data.
 *
 * @throws {FacadeError} BAD_USER_INPUT: a number below 1, or past the last frame where that is known.
 */
async function existingFrames(
  instance: InstanceNode,
  numbers: readonly number[],
  argument: string,
): Promise<readonly FrameModel[]> {
  const first = numbers.find((number) => number < 1);
  if (first !== undefined) throw new FacadeError('BAD_USER_INPUT', 'Frames are counted from 1', { argument });
  const count = await frameCountOfNode(instance);
  if (count === 0) return [];
  if (count !== null && numbers.some((number) => number > count)) {
    throw new FacadeError('BAD_USER_INPUT', `A frame is 1 to ${count}`, { argument, limit: count });
  }
  return numbers.map((number) => ({ instance, number }));
}
