import { addModule } from '../../add-module.ts';
import { SeriesRef } from '../series-connection.ts';

addModule('GeneralEquipment', {
  description: 'The equipment that made the series.',
  definedIn: 'General Equipment Module (PS3.3 §C.7.5.1)',
  on: [[SeriesRef, 'generalEquipment']],
  fields: (t) => ({
    manufacturer: t.attribute('Manufacturer'),
    manufacturerModelName: t.attribute('ManufacturerModelName'),
    institutionName: t.attribute('InstitutionName'),
    institutionAddress: t.attribute('InstitutionAddress'),
    institutionalDepartmentName: t.attribute('InstitutionalDepartmentName'),
    stationName: t.attribute('StationName'),
    deviceSerialNumber: t.attribute('DeviceSerialNumber'),
    softwareVersions: t.attribute('SoftwareVersions'),
    gantryID: t.attribute('GantryID'),
  }),
});
