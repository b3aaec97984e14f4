// What special kinds of instances are for: one file each, which adds its fields and their types.
import './objects/encapsulated-document.ts';
import './objects/presentation-state.ts';
import './objects/rt-dose.ts';
import './objects/rt-plan.ts';
import './objects/rt-structure-set.ts';
import './objects/segmentation.ts';
import './objects/slide-image.ts';
import './objects/structured-report.ts';
import './objects/waveform.ts';
