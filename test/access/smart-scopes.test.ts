import { describe, expect, test } from 'vitest';
import { smartGrantOf } from '../../src/access/smart-scopes.ts';

const read = ['metadata', 'rendered', 'native', 'patient-data'];
const both = ['search', ...read];

describe('a scope of SMART App Launch', () => {
  test.each([
    ['user/ImagingStudy.read', 'user', both],
    ['user/ImagingStudy.rs', 'user', both],
    ['user/ImagingStudy.*', 'user', both],
    ['user/*.read', 'user', both],
    ['system/*.read', 'system', both],
    ['system/*.*', 'system', both],
    ['system/*.cruds', 'system', both],
    ['patient/ImagingStudy.read', 'patient', both],
    ['patient/*.rs', 'patient', both],
    ['patient/ImagingStudy.r', 'patient', read],
    ['user/ImagingStudy.s', 'user', ['search']],
    ['user/ImagingStudy.write', 'user', []],
    ['user/ImagingStudy.cud', 'user', []],
  ])('%s grants to a %s: %j', (text, context, scopes) => {
    expect(smartGrantOf(text)).toEqual({ context, scopes });
  });

  test.each([
    'user/Observation.read',
    'user/ImagingStudy.sr', // the letters have an order
    'user/ImagingStudy.rs?modality=CT',
    'user/ImagingStudy.READ',
    'USER/ImagingStudy.read',
    'user/ImagingStudyX.read',
    'xuser/ImagingStudy.read',
    'user/ImagingStudy.read ',
    'launch/patient',
    'openid',
    'search',
    '',
  ])('%j grants nothing', (text) => {
    expect(smartGrantOf(text)).toBeNull();
  });
});
