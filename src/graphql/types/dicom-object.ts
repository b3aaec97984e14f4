import type { Principal } from '../../access/principal.ts';
import { levelDepth, levelOfAttribute } from '../../dicom/attribute-level.ts';
import { type AttributePath, parseAttributePath } from '../../dicom/attribute-path.ts';
import type { Tag } from '../../dicom/tag.ts';
import { FacadeError } from '../../errors.ts';
import type { FieldDeclaration } from '../../planner/declaration.ts';
import { InstanceNode, type SeriesNode, type StudyNode } from '../../planner/nodes.ts';
import { builder } from '../builder.ts';
import { FrameNode } from '../frame-node.ts';
import { checkLength } from '../limits.ts';
import type { PatientNode } from '../patient-node.ts';
import { requireScope } from '../require-scope.ts';
import { scopeOfAttribute } from '../search-attributes.ts';
import { type AttributeModel, AttributeRef, type ItemModel } from './attribute-model.ts';

export type DicomObjectModel = StudyNode | SeriesNode | InstanceNode | PatientNode | FrameNode | ItemModel;

/** ABNF (RFC 5234) of what parseAttributePath takes. */
const pathGrammar = [
  'path     = step *( "." step )                  ; each but the last with an index',
  'step     = ( tag / private / keyword ) [ "[" index "]" ]',
  'tag      = 8HEXDIG',
  'private  = 4HEXDIG "xx" 2HEXDIG "{" creator "}" ; odd group, element without its block',
  'creator  = 1*64( %x20-5B / %x5D-7A / %x7C / %x7E / %xA0-10FFFF )',
  'keyword  = ALPHA *( ALPHA / DIGIT )             ; of PS3.6, in its own case',
  'index    = "0" / ( %x31-39 *8DIGIT )            ; of an item, from 0',
].join('\n');

const maxPaths = 200;

const reads = (paths: readonly string[]): readonly Tag[] =>
  paths.flatMap((path) => {
    try {
      return parseAttributePath(path)[0]?.tag ?? [];
    } catch {
      return []; // told by the resolver, with the path of the field
    }
  });

const readsPath: FieldDeclaration = { reads: ({ path }) => reads([String(path)]) };
const readsPaths: FieldDeclaration = { reads: ({ paths }) => reads((paths as readonly string[]).slice(0, maxPaths)) };

export const DicomObject = builder.interfaceRef<DicomObjectModel>('DicomObject').implement({
  description: `What a patient, a study, a series, an instance and a sequence item have in common: any attribute of theirs can be asked for, by a path:\n\n${pathGrammar}\n\nPatientAge, 00101010, RequestAttributesSequence[0].ScheduledProcedureStepID, 0029xx10{SIEMENS CSA HEADER}`,
  fields: (t) => ({
    attribute: t.field({
      type: AttributeRef,
      description: 'An attribute by its path. Null: not there.',
      args: { path: t.arg.string({ required: true, description: 'See DicomObject.' }) },
      extensions: { dicom: readsPath },
      resolve: (object, { path }, { principal }) => readAttribute(object, parseAttributePath(path), 'path', principal),
    }),
    attributes: t.field({
      type: [AttributeRef],
      nullable: { list: true, items: true },
      description: `At most ${maxPaths}, in their order.`,
      args: { paths: t.arg.stringList({ required: true, description: 'As for attribute.' }) },
      extensions: { dicom: readsPaths },
      resolve: (object, { paths }, { principal }) => {
        checkLength(paths, maxPaths, 'paths');
        const parsed = paths.map((path) => parseAttributePath(path));
        return parsed.map((path) => readAttribute(object, path, 'paths', principal));
      },
    }),
  }),
});

async function readAttribute(
  object: DicomObjectModel,
  path: AttributePath,
  argument: string,
  principal: Principal,
): Promise<AttributeModel | null> {
  const [top] = path;
  if (top === undefined) return null;
  if ('dataSet' in object) {
    const element = object.dataSet.at(path);
    return element ? { element, path: [...object.path, ...path], instance: object.instance } : null;
  }
  requireScope(principal, scopeOfAttribute(top.tag));
  if (object instanceof FrameNode) return readOfFrame(object, path);
  const level = levelOfAttribute(top.tag);
  if (levelDepth[level] > levelDepth[object.level]) {
    throw new FacadeError(
      'BAD_PATH',
      `This attribute differs within a ${object.level}: ask its ${level === 'series' ? 'series' : 'instances'} for it`,
      {
        argument,
        level,
      },
    );
  }
  const element = (await object.read(top.tag)).at(path);
  return element ? { element, path, instance: object instanceof InstanceNode ? object : null } : null;
}

/** In the functional groups of the frame, wherever there; else of its instance. */
async function readOfFrame(frame: FrameNode, path: AttributePath): Promise<AttributeModel | null> {
  const [top] = path;
  if (top === undefined) return null;
  const element = (await frame.read(top.tag)).at(path);
  const around = frame.find(top.tag)?.path ?? [];
  return element ? { element, path: [...around, ...path], instance: frame.instance } : null;
}
