/** Turning one PTZ camera by hand: the latest wish counts, one order at a time, and what came of it is told. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { Aim } from '../../api/cameraTypes';
import type { PtzMove, PtzMoved, PtzSeen } from '../../api/streams';
import type { CameraDetails } from '../../api/types';
import { draggedAim, steppedAim } from '../../model/steer';
import { useAppContext } from '../app';
import type { Size } from '../camera/frame';
import { useMay } from '../may';
import { ptzKey, usePtz } from './queries';

export interface Steer {
  /** this person may turn it */
  able: boolean;
  /** where it looks, as it tells */
  aim: Aim | null;
  seen: PtzSeen | undefined;
  busy: boolean;
  moved: PtzMoved | undefined;
  error: Error | null;
  order: (move: PtzMove) => void;
  drag: (from: Size, to: Size) => void;
  /** whether the key turns it */
  key: (key: string) => boolean;
}

export function useSteer(camera: CameraDetails, ptz: boolean, watching: boolean): Steer {
  const { api } = useAppContext();
  const client = useQueryClient();
  const may = useMay('aim', 'camera');
  const { data: seen } = usePtz(camera.id, ptz && watching);
  const next = useRef<PtzMove | null>(null);
  const target = useRef<Aim | null>(null);
  const running = useRef(false);
  const [busy, setBusy] = useState(false);
  const turn = useMutation({
    mutationFn: (move: PtzMove) => api.steer(camera.id, move),
    onSuccess: ({ aim }) => {
      client.setQueryData<PtzSeen>(ptzKey(camera.id), (before) => before && { ...before, aim });
    },
  });
  const follow = async (move: PtzMove) => {
    running.current = true;
    setBusy(true);
    for (let now: PtzMove | null = move; now; ) {
      // A refusal is told by `error`; what was wished meanwhile may yet be granted.
      await turn.mutateAsync(now).catch(() => undefined);
      now = next.current;
      next.current = null;
    }
    target.current = null;
    running.current = false;
    setBusy(false);
  };
  const order = (move: PtzMove) => {
    if (move.move !== 'absolute') target.current = null;
    if (running.current) next.current = move;
    else void follow(move);
  };
  const aim = seen?.aim ?? null;
  const lens = {
    width: camera.image_width,
    height: camera.image_height,
    hfov: camera.hfov,
    lens: camera.lens,
    distortion: camera.distortion,
    principal: camera.principal as [number, number] | null,
  };
  const turnTo = (wanted: Aim | null) => {
    if (!wanted) return;
    target.current = wanted;
    order({ move: 'absolute', ...wanted });
  };
  return {
    able: ptz && may,
    aim,
    seen,
    busy,
    moved: turn.data,
    error: turn.error,
    order,
    drag: (from, to) => aim && turnTo(draggedAim(lens, aim, from, to)),
    key: (key) => {
      const from = target.current ?? aim;
      if (key === 'Home') order({ move: 'home' });
      const wanted = from && steppedAim(lens, from, key);
      turnTo(wanted);
      return key === 'Home' || wanted !== null;
    },
  };
}
