/** One camera's picture on the screen: still and moving, the place that it shows, and what it was asked. */
import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Aim, type AimQuery, isFound } from '../../api/cameraTypes';
import type { StreamRole } from '../../api/streams';
import type { CameraDetails } from '../../api/types';
import { steady } from '../../model/drapes';
import { bestOn } from '../../model/route';
import type { Place } from '../../model/state';
import { useApp, useAppContext, useLang } from '../app';
import { useFilm } from '../video/useFilm';
import { useSteer } from '../video/useSteer';
import { useVideo } from '../video/useVideo';
import { hitLabel } from './placeWords';
import { aimQuery, useNames, useProjected } from './queries';
import { useSharpening, useSteadyPicture } from './Still';

/** The place that a picture marks: pointed at in one of them, clicked on the map, or where it sees the route best. */
function usePlace(camera: string): Place | null {
  const pointed = useApp((state) => state.pointed);
  const click = useApp((state) => state.click);
  const link = useApp((state) => state.link);
  const along = useApp((state) => bestOn(state.route, camera));
  if (pointed) return pointed.answer.place;
  if (!click) return along ? { lon: along.lon, lat: along.lat, height: along.height } : null;
  // The server's place for the click: the height that was picked is the mesh's.
  return link ? link.place : click;
}

/** Width of the picture that is there at once. */
const QUICK_PX = 320;

interface How {
  /** of the still, pixels */
  width: number;
  /** the model's edges are laid over it */
  lines: boolean;
  role: StreamRole;
}

const queryOf = ({ pan, tilt, zoom }: Aim): AimQuery => ({ pan, tilt, zoom });

export function usePicture(camera: CameraDetails, { width, lines, role }: How) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store, api } = useAppContext();
  const choice = useApp((state) => state.aims[camera.id]);
  const pointed = useApp((state) => state.pointed);
  const [turned, setTurned] = useState<Aim | null>(null);
  const video = useVideo(camera.id, role);
  // The camera's own picture, moving or not, shows where it looks now.
  const seen = video.showing || video.frame !== undefined;
  const steer = useSteer(camera, video.info?.ptz ?? false, seen);
  useFilm(camera, video, steer);
  const place = usePlace(camera.id);
  const named = useApp((state) => state.named);
  const chosen: AimQuery = turned ?? aimQuery(choice, camera.presets);
  // Whatever is being tried out.
  const aim: AimQuery = seen ? (steer.aim ? queryOf(steer.aim) : {}) : chosen;
  const projected = useProjected(camera, place, aim);
  const steadied = seen && steer.aim ? queryOf(steady(steer.aim)) : aim;
  const looks = camera.heading !== null || camera.aim !== null || chosen.pan !== undefined;
  // While it is being turned nobody knows where its pixels lie.
  const names = useNames(camera, steadied, named && looks && !steer.busy);
  const stillOf = (px: number) => api.stillUrl(camera.id, { width: px, v: camera.version, ...chosen });
  const wanted = looks ? { quick: width > QUICK_PX ? stillOf(QUICK_PX) : undefined, sharp: stillOf(width) } : null;
  const asked = useRef(wanted);
  // Under the camera's own picture no other still is needed.
  if (!seen) asked.current = wanted;
  const still = useSharpening(asked.current?.quick, asked.current?.sharp);
  const edges = useSteadyPicture(
    looks && lines ? api.edgesUrl(camera.id, { width, v: camera.version, ...aim }) : undefined,
  );
  const locate = useMutation({
    mutationFn: (pixel: [number, number]) => api.locate(camera.id, pixel, aim),
    onSuccess: (answer, pixel) =>
      store
        .getState()
        .setPointed(isFound(answer) ? { camera: camera.id, pixel, answer, label: hitLabel(answer, lang, t) } : null),
    onError: () => store.getState().setPointed(null),
  });
  return {
    video,
    /** the camera's own picture is on the screen */
    seen,
    steer,
    place,
    projected,
    names,
    looks: looks || (video.info?.streams.length ?? 0) > 0,
    still,
    edges: lines ? edges.shown : undefined,
    locate,
    mine: pointed?.camera === camera.id ? pointed : null,
    turned,
    setTurned,
  };
}

export type Picture = ReturnType<typeof usePicture>;
