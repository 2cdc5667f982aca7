import type { DrapeWords } from './drape.zh';

export const drapeEn: DrapeWords = {
  drape: {
    title: 'Lay on the model',
    on: 'Lay the live picture on the model (up to {{most}})',
    off: 'Lies on the model; click to take it off',
    help: 'Paints the live picture on the ground, roofs and walls that this camera sees. Up to {{most}} cameras at once; ends when the picture is closed.',
    opacity: 'Opacity',
    room: 'No more than {{most}} at once: “{{name}}” was taken off',
    failed: 'Cannot be laid on the model: {{why}}',
  },
};
