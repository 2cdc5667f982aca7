import type { KeyboardEvent, PointerEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { NamedThing } from '../../api/cameraTypes';
import { type Placed, placed } from '../../model/pictureNames';
import { useAppContext, useLang } from '../app';
import { titleOf } from '../cameraTree';
import { distance } from '../format';
import { type Frame, isInside, type Size } from './frame';

/** How near the eye goes to what was clicked, metres. */
const RANGE: Record<NamedThing['kind'], number> = { road: 500, building: 350, place: 400, area: 1500 };

/** What stands in the corner: whether the picture is live. */
const CORNER = { width: 170, height: 18 };

const keep = (event: PointerEvent) => event.stopPropagation();

interface NamesProps {
  things: readonly NamedThing[];
  /** of the camera's picture, in its pixels */
  size: Size;
  frame: Frame;
  /** one pixel of the page */
  unit: number;
}

function Name({ one, unit }: { one: Placed; unit: number }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const { thing, text } = one;
  const go = () => {
    const { lon, lat, height, kind } = thing;
    store.getState().goTo({ lon, lat, height, range: RANGE[kind] });
  };
  const key = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    event.stopPropagation();
    go();
  };
  const words = `${text} · ${distance(thing.distance_m, lang)}`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a button cannot stand in a drawing
    <g
      className={`picturename ${thing.kind}`}
      data-name={thing.id}
      data-kind={thing.kind}
      role="button"
      tabIndex={0}
      aria-label={t('names.go', { name: words })}
      transform={`translate(${one.x * unit} ${one.y * unit}) scale(${unit})`}
      onPointerDown={keep}
      onDoubleClick={(event) => event.stopPropagation()}
      onClick={go}
      onKeyDown={key}
    >
      <title>{t('names.go', { name: words })}</title>
      <circle r={thing.kind === 'road' ? 0.5 : 2.2} />
      <text
        fontSize={one.font}
        textAnchor="middle"
        dominantBaseline="central"
        transform={`translate(${one.dx} ${one.dy}) rotate(${one.turn})`}
      >
        {text}
      </text>
    </g>
  );
}

/** Names over a picture, each at its place; a click on one takes the map there. */
export function PictureNames({ things, size, frame, unit }: NamesProps) {
  const lang = useLang();
  const page = {
    width: size[0] / unit,
    height: size[1] / unit,
    shown: { x: frame.x / unit, y: frame.y / unit, width: frame.width / unit, height: frame.height / unit },
  };
  const shown = things.filter(({ u, v }) => isInside([u * size[0], v * size[1]], size));
  const corner = { ...CORNER, x: page.shown.x, y: page.shown.y };
  return placed(shown, (thing) => titleOf(thing, lang), page, [corner]).map((one) => (
    <Name key={`${one.thing.kind}:${one.thing.id}`} one={one} unit={unit} />
  ));
}
