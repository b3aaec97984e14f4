import {
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  isUnionType,
} from 'graphql';

export interface Page {
  readonly file: string;
  readonly title: string;
  readonly about: string;
  /** Types that stand here, in this order; those they lead to and no page names follow, here or on the page `below`. */
  readonly types: readonly string[];
  readonly below?: string;
}

const words = (text: string): readonly string[] => text.split(/\s+/).filter(Boolean);

/** In the order of reading. */
export const pages: readonly Page[] = [
  {
    file: 'queries.md',
    title: 'Queries and mutations',
    about: 'Where an operation begins: searches, objects by their UIDs or ids, statistics, the dictionary.',
    types: words('Query Mutation Node Viewer DictionaryEntry'),
  },
  {
    file: 'studies.md',
    title: 'Patients, studies and series',
    about: 'The tree above the instances, and the pages in which lists of it come.',
    types: words('Patient Study Series PersonName StudyConnection SeriesConnection InstanceConnection StudyStatistics'),
  },
  {
    file: 'instances.md',
    title: 'Instances and their types',
    about:
      'One type for each kind of SOP Class. What all of them have stands at Instance, what images have at ImageInstance.',
    types: words('Instance ImageInstance'),
    below: 'modules.md',
  },
  {
    file: 'modules.md',
    title: 'Modules',
    about: 'Attributes that belong together, as PS3.3 groups them: geometry, windows, acquisition, frames.',
    types:
      words(`ImagePixel ImagePlane VoiLut ModalityLut MultiFrame Frame FrameOfReference GeneralEquipment GeneralImage
      RequestAttributes CodedConcept SOPClass TransferSyntax`),
  },
  {
    file: 'objects.md',
    title: 'Segmentations, reports, slides, plans, waveforms',
    about: 'What special kinds of instances are for.',
    types:
      words(`Segment ContentItem MeasurementGroup Measurement VerifyingObserver SlideLevel SlideTiles OpticalPath RTROI
      RTBeam RTFractionGroup WaveformGroup`),
  },
  {
    file: 'attributes.md',
    title: 'Any attribute',
    about: 'What has no field of its own, private attributes included, by its path.',
    types: words('DicomObject Attribute Item'),
  },
  {
    file: 'links.md',
    title: 'Retrieve and links',
    about: 'Pixels, files and values as signed URLs; uploads; links that are taken back.',
    types:
      words(`StudyRetrieve SeriesRetrieve InstanceRetrieve FrameRetrieve SignedUrl SignedUrlTemplate CreateUploadInput
      CreateUploadPayload RevokeLinksInput RevokeLinksPayload`),
  },
  {
    file: 'filters.md',
    title: 'Filters and orders',
    about: 'What searches match, and in which order they answer.',
    types: words('StudyFilter SeriesFilter InstanceFilter StudyOrder TextMatch DateRange AttributeMatch'),
  },
  {
    file: 'origins.md',
    title: 'Origins',
    about: 'The archives that are asked, and what is known of each.',
    types: words('Origin'),
  },
  { file: 'scalars.md', title: 'Scalars', about: 'Values in one piece, and how they are written.', types: [] },
];

/**
 * The page of each type, in the order in which they stand there.
 *
 * @throws {Error} A page names a type that the schema does not have, or a type is on no page.
 */
export function placeTypes(schema: GraphQLSchema): ReadonlyMap<string, string> {
  const pageOf = new Map<string, string>();
  const all = Object.values(schema.getTypeMap()).filter(
    (type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type),
  );
  for (const { file, types } of pages) for (const name of types) pageOf.set(name, file);
  const missing = [...pageOf.keys()].filter((name) => !schema.getType(name));
  if (missing.length > 0) throw new Error(`Pages name types that the schema does not have: ${missing.join(', ')}`);
  for (const name of implementations(schema, 'Instance')) pageOf.set(name, 'instances.md');
  for (const type of all) if (isScalarType(type)) pageOf.set(type.name, 'scalars.md');

  const settled = new Set<string>();
  const follow = (name: string, page: Page): void => {
    if (settled.has(name)) return;
    settled.add(name);
    for (const next of leadsTo(schema, name)) {
      if (!pageOf.has(next)) pageOf.set(next, page.below ?? page.file);
      const on = pages.find(({ file }) => file === pageOf.get(next));
      if (on) follow(next, on);
    }
  };
  // Special objects before instances, that lead to everything.
  for (const page of pages.toReversed()) for (const name of page.types) if (!page.below) follow(name, page);
  for (const page of pages) for (const name of page.types) follow(name, page);
  const lost = all.filter(({ name }) => !pageOf.has(name)).map(({ name }) => name);
  if (lost.length > 0) throw new Error(`Types on no page: ${lost.join(', ')}`);
  return pageOf;
}

const implementations = (schema: GraphQLSchema, name: string): readonly string[] => {
  const type = schema.getType(name);
  return isInterfaceType(type) ? schema.getPossibleTypes(type).map((one) => one.name) : [];
};

/** Types of the fields, arguments, members and implementations of a type, that are no scalars. */
function leadsTo(schema: GraphQLSchema, name: string): readonly string[] {
  const type = schema.getType(name);
  if (isUnionType(type)) return type.getTypes().map((one) => one.name);
  if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) return [];
  const fields: readonly (GraphQLField<unknown, unknown> | GraphQLInputField)[] = Object.values(type.getFields());
  const named = fields.flatMap((field) => [field, ...('args' in field ? field.args : [])]);
  const types = named.map((one) => getNamedType(one.type)).filter((one) => !isScalarType(one));
  return [...implementations(schema, name), ...types.map((one) => one.name)];
}
