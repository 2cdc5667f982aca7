import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Frame, fitted, isInside, panned, pixelAt, type Size, whole, zoomed } from './frame';

/** A press that moves less is a click. */
const STILL_PX = 4;

interface PictureViewProps {
  /** address of the picture; none while there is none yet */
  src: string | undefined;
  /** size in the camera's own pixels, whatever the picture was drawn at */
  size: Size;
  label: string;
  /** laid over the picture, in its pixels; `unit` is one pixel of the page, `frame` what is shown */
  overlay: (unit: number, frame: Frame) => ReactNode;
  /** a second picture over the first, such as edges */
  over?: string | undefined;
  onPoint: (pixel: [number, number]) => void;
  onHover?: (pixel: [number, number] | null) => void;
  onClose?: () => void;
  /** moving pictures under the still one, which they cover once they are there */
  film?: Film | undefined;
  /** instead of panning, while the whole picture is shown: from where to where it was dragged */
  onDrag?: ((from: Size, to: Size) => void) | undefined;
  /** whether a key meant something to the owner, who is asked first */
  onKey?: ((key: string) => boolean) | undefined;
}

export interface Film {
  screen: (element: HTMLVideoElement | null) => void;
  showing: boolean;
}

const sizeOf = (element: Element): Size => [element.clientWidth || 1, element.clientHeight || 1];

function useBox(element: SVGSVGElement | null): Size {
  const [box, setBox] = useState<Size>([1, 1]);
  useEffect(() => {
    if (!element) return;
    const observer = new ResizeObserver(() => setBox(sizeOf(element)));
    observer.observe(element);
    return () => observer.disconnect();
  }, [element]);
  return box;
}

const ARROWS: Record<string, Size> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** A picture that can be zoomed, panned, and pointed into; a crosshair follows the pointer or the arrow keys. */
export function PictureView(props: PictureViewProps) {
  const { src, size, label, overlay, over, onPoint, onHover, onClose, film, onDrag, onKey } = props;
  const { t } = useTranslation();
  const [svg, setSvg] = useState<SVGSVGElement | null>(null);
  const box = useBox(svg);
  const [width, height] = size;
  const [frame, setFrame] = useState<Frame>(() => whole([width, height]));
  const [cross, setCross] = useState<[number, number] | null>(null);
  const [pull, setPull] = useState<{ from: [number, number]; to: [number, number] } | null>(null);
  const press = useRef<{ x: number; y: number; moved: boolean; from: [number, number] } | null>(null);
  useEffect(() => setFrame(whole([width, height])), [width, height]);
  const { scale, left, top } = fitted(frame, box);
  const unit = 1 / scale;
  const pulls = onDrag !== undefined && frame.width === width;

  // The box is told a frame late: a click may come before it.
  const under = (event: { clientX: number; clientY: number }): [number, number] => {
    const { left, top } = svg?.getBoundingClientRect() ?? { left: 0, top: 0 };
    return pixelAt(frame, svg ? sizeOf(svg) : box, [event.clientX - left, event.clientY - top]);
  };
  const aim = (pixel: [number, number] | null) => {
    const inside = pixel && isInside(pixel, size) ? pixel : null;
    setCross(inside);
    onHover?.(inside);
  };
  useEffect(() => {
    if (!svg) return;
    // React listens to the wheel passively; here the page must not scroll.
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const { left, top } = svg.getBoundingClientRect();
      setFrame((before) => {
        const pixel = pixelAt(before, sizeOf(svg), [event.clientX - left, event.clientY - top]);
        return zoomed(before, [width, height], pixel, event.deltaY > 0 ? 1.25 : 0.8);
      });
    };
    svg.addEventListener('wheel', wheel, { passive: false });
    return () => svg.removeEventListener('wheel', wheel);
  }, [svg, width, height]);

  const down = (event: PointerEvent<SVGSVGElement>) => {
    if (event.button !== 0) return;
    press.current = { x: event.clientX, y: event.clientY, moved: false, from: under(event) };
    event.currentTarget.setPointerCapture?.(event.pointerId);
  };
  const move = (event: PointerEvent<SVGSVGElement>) => {
    aim(under(event));
    const held = press.current;
    if (!held) return;
    const by: Size = [event.clientX - held.x, event.clientY - held.y];
    if (!held.moved && Math.hypot(...by) < STILL_PX) return;
    press.current = { ...held, x: event.clientX, y: event.clientY, moved: true };
    if (pulls) setPull({ from: held.from, to: under(event) });
    else setFrame((before) => panned(before, size, [by[0] * unit, by[1] * unit]));
  };
  const up = (event: PointerEvent<SVGSVGElement>) => {
    const held = press.current;
    press.current = null;
    setPull(null);
    if (!held) return;
    if (held.moved) {
      if (pulls) onDrag(held.from, under(event));
      return;
    }
    const pixel = under(event);
    if (isInside(pixel, size)) onPoint(pixel);
  };
  const key = (event: KeyboardEvent<SVGSVGElement>) => {
    const step = ARROWS[event.key];
    const at = cross ?? [width / 2, height / 2];
    if (onKey?.(event.key)) {
      // The owner's.
    } else if (step) {
      const far = event.shiftKey ? 10 : 1;
      aim([at[0] + step[0] * far, at[1] + step[1] * far]);
    } else if (event.key === 'Enter') onPoint([at[0], at[1]]);
    else if (event.key === '+' || event.key === '=') setFrame((before) => zoomed(before, size, at, 0.8));
    else if (event.key === '-') setFrame((before) => zoomed(before, size, at, 1.25));
    else if (event.key === '0') setFrame(whole(size));
    else if (event.key === 'Escape' && onClose) onClose();
    else return;
    event.preventDefault();
    event.nativeEvent.stopImmediatePropagation();
    event.stopPropagation();
  };
  const at = { left: left - frame.x * scale, top: top - frame.y * scale, width: width * scale, height: height * scale };
  const picture = (
    <svg
      ref={setSvg}
      className="pictureview"
      viewBox={`${frame.x} ${frame.y} ${frame.width} ${frame.height}`}
      role="application"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the picture takes arrow keys and Enter as the mouse
      tabIndex={0}
      aria-label={`${label}: ${t('picture.keys')}`}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={up}
      onPointerLeave={() => aim(null)}
      onPointerCancel={() => {
        press.current = null;
        setPull(null);
      }}
      onDoubleClick={() => setFrame(whole(size))}
      onKeyDown={key}
    >
      <title>{label}</title>
      {src && (
        <image
          href={src}
          x={0}
          y={0}
          width={width}
          height={height}
          preserveAspectRatio="none"
          opacity={film?.showing ? 0 : 1}
        />
      )}
      {over && (
        <image
          href={over}
          x={0}
          y={0}
          width={width}
          height={height}
          preserveAspectRatio="none"
          className="edges"
          data-edges
        />
      )}
      {overlay(unit, frame)}
      {cross && (
        <g className="cross">
          <line x1={cross[0]} x2={cross[0]} y1={0} y2={height} />
          <line y1={cross[1]} y2={cross[1]} x1={0} x2={width} />
        </g>
      )}
      {pull && (
        <g className="pull">
          <line x1={pull.from[0]} y1={pull.from[1]} x2={pull.to[0]} y2={pull.to[1]} />
          <circle cx={pull.from[0]} cy={pull.from[1]} r={5 * unit} />
          <circle cx={pull.to[0]} cy={pull.to[1]} r={9 * unit} />
        </g>
      )}
    </svg>
  );
  if (!film) return picture;
  return (
    <>
      <video ref={film.screen} className="film" style={at} muted playsInline disablePictureInPicture />
      {picture}
    </>
  );
}

interface PlaceMarkProps {
  at: Size;
  unit: number;
  colour: string;
  /** something stands before it */
  hidden?: boolean;
}

/** A ring with a cross: the place that was clicked, in the picture; broken where it is behind something. */
export function PlaceMark({ at, unit, colour, hidden = false }: PlaceMarkProps) {
  const r = 9 * unit;
  return (
    <g className={`placemark${hidden ? ' behind' : ''}`} stroke={colour} data-mark={hidden ? 'behind' : 'seen'}>
      <circle cx={at[0]} cy={at[1]} r={r} />
      <line x1={at[0] - 1.7 * r} x2={at[0] - 0.5 * r} y1={at[1]} y2={at[1]} />
      <line x1={at[0] + 0.5 * r} x2={at[0] + 1.7 * r} y1={at[1]} y2={at[1]} />
      <line y1={at[1] - 1.7 * r} y2={at[1] - 0.5 * r} x1={at[0]} x2={at[0]} />
      <line y1={at[1] + 0.5 * r} y2={at[1] + 1.7 * r} x1={at[0]} x2={at[0]} />
    </g>
  );
}
