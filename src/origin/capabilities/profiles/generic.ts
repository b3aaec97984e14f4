import { genericAsOf } from '../capabilities.ts';
import type { Profile } from './profile.ts';

/** An archive of which nothing is known but that it speaks DICOMweb: PS3.18, and what the probe sees. */
export const generic: Profile = { asOf: genericAsOf, capabilities: {} };
