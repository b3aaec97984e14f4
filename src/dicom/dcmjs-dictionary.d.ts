/** What is used of dcmjs 0.52, which has no types of its own: its dictionary, from a file that loads nothing else. */
declare module 'dcmjs/dictionary' {
  interface DcmjsEntry {
    readonly tag: string;
    readonly vr?: string;
    /** The keyword, with `RETIRED_` before it where PS3.6 marks it so. */
    readonly name?: string;
    readonly vm?: string;
    readonly version?: string;
  }
  const dictionary: Readonly<Record<string, DcmjsEntry>>;
  export default dictionary;
}
