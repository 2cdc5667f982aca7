/** What became of a wish to watch or to turn, in the reader's words. */
import type { TFunction } from 'i18next';
import { ApiError } from '../../api/client';
import type { Stretch } from '../../api/routes';
import type { PtzMoved } from '../../api/streams';
import type { Lang } from '../../api/types';
import type { VideoState } from '../../model/viewing';
import { degrees, distance } from '../format';
import type { Kept } from './useVideo';

const CODECS: Record<string, string> = { hvc1: 'H.265', hev1: 'H.265', avc1: 'H.264', av01: 'AV1', vp09: 'VP9' };

export const codecName = (codec: string) => CODECS[codec.slice(0, 4)] ?? codec;

const ENDED = { 'signed-out': 'video.signedOut', revoked: 'video.revoked', idle: 'video.idle' } as const;

/** Why no moving picture is seen; null while it plays. */
export function stateWords(state: VideoState, kept: Kept, t: TFunction): string | null {
  if (kept) return t(`video.${kept}`);
  switch (state.kind) {
    case 'still':
    case 'playing':
    case 'pictures':
      return null;
    case 'opening':
      return t('video.opening');
    case 'waiting':
      return state.detail ?? t(state.why === 'lost' ? 'video.lost' : 'video.reconnecting');
    case 'unplayable':
      return t('video.unplayable', { codec: codecName(state.codec) });
    case 'purpose':
      return t('video.purposeNeeded');
    case 'refused':
      return t('video.refused', { why: state.detail });
    case 'ended':
      return t(ENDED[state.why]);
    case 'unsupported':
      return t('video.unsupported');
  }
}

const HELD = 'steering-held';

const clock = (time: unknown, lang: Lang) =>
  new Date(String(time)).toLocaleTimeString(lang === 'zh' ? 'zh-CN' : 'en-GB', { timeStyle: 'short' });

/** The time of day, to the second. */
export const clockTime = (time: Date, lang: Lang) =>
  time.toLocaleTimeString(lang === 'zh' ? 'zh-CN' : 'en-GB', { timeStyle: 'medium' });

export function whyNotTurned(error: Error, lang: Lang, t: TFunction): string {
  if (error instanceof ApiError && error.code === HELD) {
    const { by, until } = error.problem as unknown as { by?: string; until?: string };
    if (by && until) return t('ptz.held', { by, until: clock(until, lang) });
  }
  return t('ptz.failed', { why: error instanceof ApiError ? error.message : t('error.offline') });
}

export function movedWords({ reached, aim, wanted, off_deg }: PtzMoved, lang: Lang, t: TFunction): string {
  if (reached === null) return t('ptz.sent');
  if (reached) return off_deg === null ? t('ptz.reached') : t('ptz.reachedOff', { off: degrees(off_deg, lang, 2) });
  if (!aim || wanted.pan === undefined || wanted.tilt === undefined) return t('ptz.missedBare');
  return t('ptz.missed', {
    pan: degrees(wanted.pan, lang),
    tilt: degrees(wanted.tilt, lang),
    isPan: degrees(aim.pan, lang),
    isTilt: degrees(aim.tilt, lang),
  });
}

/** From where to where along the route, in whole metres. */
export const stretchWords = ({ from_m, to_m }: Stretch, lang: Lang) => ({
  from: distance(Math.round(from_m), lang),
  to: distance(Math.round(to_m), lang),
});
