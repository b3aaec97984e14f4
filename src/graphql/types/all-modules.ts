// Every module of the schema: one file each, which adds its type and the fields that lead to it.
import './modules/ct-acquisition.ts';
import './modules/frame-of-reference.ts';
import './modules/general-equipment.ts';
import './modules/general-image.ts';
import './modules/image-pixel.ts';
import './modules/image-plane.ts';
import './modules/modality-lut.ts';
import './modules/mr-acquisition.ts';
import './modules/multi-frame.ts';
import './modules/pet-acquisition.ts';
import './modules/radiopharmaceutical.ts';
import './modules/request-attributes.ts';
import './modules/voi-lut.ts';
import './modules/x-ray-acquisition.ts';
