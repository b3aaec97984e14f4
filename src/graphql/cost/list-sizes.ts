import { type GraphQLField, getNullableType, isListType } from 'graphql';

/** Type and field, as `Study.series`, to how many objects an archive has there as a rule. */
const usual: ReadonlyMap<string, number> = new Map([
  ['Patient.studies', 5],
  ['Study.series', 5],
  ['Study.instances', 100],
  ['Series.instances', 20],
  ['MultiFrame.frames', 20],
  ['StructuredReport.content', 100],
  ['StudyStatistics.byModality', 20],
  ['StudyStatistics.byStudyDate', 100],
  ['__Schema.types', 150],
  ['__Type.fields', 10],
  ['__Type.inputFields', 1],
  ['__Type.enumValues', 1],
  ['__Type.interfaces', 1],
  ['__Type.possibleTypes', 1],
  ['__Field.args', 1],
  ['__Directive.args', 1],
]);

/** Of lists that are not named: segments, measurements, beams, references, and so on. */
const usualSize = 5;

/**
 * How many objects a list is reckoned to hold, before anything is known of the archive.
 *
 * At the root it is the page that is asked for. Below an object it is what archives have there as a rule, for `first` says
 * how many are wanted at most: a tree of 25 studies is not 25 million instances because each list may hold a thousand. A
 * list that is given (of ids, paths, frame numbers) has its length.
 *
 * @param typeName - Of the object that the field belongs to.
 */
export function reckonSize(
  typeName: string,
  field: GraphQLField<unknown, unknown>,
  args: Readonly<Record<string, unknown>>,
): number {
  for (const { name, type } of field.args) {
    const given = args[name];
    if (isListType(getNullableType(type)) && Array.isArray(given)) return given.length;
  }
  const { first } = args;
  const page = typeof first === 'number' ? Math.max(0, first) : null;
  if (typeName === 'Query' && page !== null) return page;
  return Math.min(page ?? Number.POSITIVE_INFINITY, usual.get(`${typeName}.${field.name}`) ?? usualSize);
}
