import { awsHealthImaging } from './aws-healthimaging.ts';
import { azure } from './azure.ts';
import { dcm4cheeArc } from './dcm4chee-arc.ts';
import { embedded } from './embedded.ts';
import { generic } from './generic.ts';
import { google } from './google.ts';
import { orthanc } from './orthanc.ts';
import type { Profile } from './profile.ts';
import { staticDicomweb } from './static-dicomweb.ts';

/** Archives by documented behaviour, as the configuration names them. */
export const profiles = {
  'aws-healthimaging': awsHealthImaging,
  google,
  azure,
  'dcm4chee-arc': dcm4cheeArc,
  orthanc,
  'static-dicomweb': staticDicomweb,
  generic,
  embedded,
} as const satisfies Readonly<Record<string, Profile>>;

export type ProfileName = keyof typeof profiles;
