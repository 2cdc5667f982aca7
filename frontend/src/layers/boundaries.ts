/** Outlines and names of all areas of one level. */
import type { Area, AreaFeature, AreaLevel } from '../api/types';
import type { AppState } from '../model/store';
import { type Layer, onChange, type Stage } from '../scene/stage';
import { Drape } from './drape';
import { Glyphs } from './fonts';
import { at, onGround, usualGround } from './grounds';
import { LABEL_FONT, labelIcon } from './icons';
import { type Sign, Signs } from './signs';
import { middleOf } from './zones';

const LINES: Record<AreaLevel, { line: string; width: number }> = {
  city: { line: 'rgba(255, 214, 140, 0.95)', width: 3.2 },
  district: { line: 'rgba(255, 214, 140, 0.85)', width: 2.4 },
  street: { line: 'rgba(170, 200, 255, 0.8)', width: 1.8 },
  community: { line: 'rgba(150, 220, 190, 0.7)', width: 1.2 },
};
/** Outlines asked for at a time. */
const AT_ONCE = 6;

export function boundaryLayer(stage: Stage): Layer {
  const drape = new Drape(stage);
  const names = new Signs(stage);
  const glyphs = new Glyphs(() => title());
  const known = new Map<string, AreaFeature>();
  let state: AppState = stage.store.getState();
  let asking = new AbortController();
  let shown: AreaFeature[] = [];

  const sign = ({ geometry, properties }: AreaFeature): Sign[] => {
    const text = (state.lang === 'en' && properties.name_en) || properties.name;
    if (!glyphs.has(LABEL_FONT, text)) return [];
    const parts = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
    const biggest = parts.map(([ring = []]) => ring).toSorted((a, b) => b.length - a.length)[0] ?? [];
    const [lon, lat] = middleOf(biggest);
    const height = onGround(stage, lon, lat, usualGround(state, lon, lat));
    return [{ key: `${properties.code} ${text}`, icon: labelIcon(text), position: at(lon, lat, height) }];
  };
  const title = () => names.show(state.layers.labels ? shown.flatMap(sign) : []);

  const outline = async (areas: readonly Area[], level: AreaLevel, signal: AbortSignal) => {
    const left = areas.filter(({ code }) => !known.has(code));
    const worker = async () => {
      for (let area = left.pop(); area; area = left.pop()) {
        known.set(area.code, await stage.api.area(area.code, signal));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    if (signal.aborted) return;
    shown = areas.flatMap(({ code }) => known.get(code) ?? []);
    drape.show(shown.map(({ geometry }) => ({ geometry, ...LINES[level] })));
    title();
  };
  const redo = onChange(
    (s) => [s.boundaries, s.areas] as const,
    (_, [level, areas]) => {
      asking.abort();
      asking = new AbortController();
      const { signal } = asking;
      shown = [];
      drape.show([]);
      names.show([]);
      if (level === null) return;
      const wanted = areas.filter((area) => area.level === level);
      outline(wanted, level, signal).then(
        () => stage.store.getState().setFault('areas', null),
        (error: unknown) => {
          if (!signal.aborted) stage.store.getState().setFault('areas', String(error));
        },
      );
    },
  );
  const words = onChange((s) => [s.lang, s.layers.labels] as const, title);
  return {
    apply(next) {
      state = next;
      redo(next);
      words(next);
    },
    dispose() {
      asking.abort();
      drape.dispose();
      names.dispose();
    },
  };
}
