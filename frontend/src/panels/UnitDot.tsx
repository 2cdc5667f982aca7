/** The sign of a unit, as on the map. */
const SHAPES = {
  heard: { path: 'M6 0.5 L10.6 11.5 L6 9.4 L1.4 11.5 Z', fill: '#3d9bff', edge: '#ffffff' },
  silent: { path: 'M6 0.5 L10.6 11.5 L6 9.4 L1.4 11.5 Z', fill: '#8b98a9', edge: '#c4ccd6' },
  post: { path: 'M6 1 L11 5 V11 H1 V5 Z', fill: '#142235', edge: '#9cc4f2' },
};

export function UnitDot({ kind }: { kind: keyof typeof SHAPES }) {
  const { path, fill, edge } = SHAPES[kind];
  return (
    <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
      <path d={path} fill={fill} stroke={edge} strokeWidth="1" strokeLinejoin="round" />
    </svg>
  );
}
