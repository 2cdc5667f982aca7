/** What is shown in the place of a stream that does not play, in the reader's words. */
import type { TFunction } from 'i18next';
import type { StreamRole } from '../../api/streams';
import type { Choice } from '../../model/ways';
import type { Video } from './useVideo';
import { codecName } from './words';

export type InsteadOf = 'other' | 'h264' | 'pictures';

type Seen = Pick<Video, 'state' | 'way' | 'stream' | 'info' | 'codec'>;

/** Null: the stream itself, or nothing yet. */
export function insteadOf({ state, way, stream }: Seen): InsteadOf | null {
  if (state.kind === 'pictures') return 'pictures';
  if (!way || !['opening', 'playing', 'waiting'].includes(state.kind)) return null;
  if (way.form !== 'original') return way.form;
  return way.stream === stream?.id ? null : 'other';
}

const nameOf = (role: StreamRole | undefined, t: TFunction) => t(role === 'sub' ? 'video.sub' : 'video.main');

/** Names of the stream that is wished for, and of the one beside it. */
export const namesOf = ({ stream }: Pick<Video, 'stream'>, t: TFunction) => ({
  stream: nameOf(stream?.role, t),
  other: nameOf(stream?.role === 'sub' ? 'main' : 'sub', t),
});

export function insteadWords(what: InsteadOf, video: Seen, t: TFunction): string {
  const { state, way, info, codec } = video;
  // What is covered is encoded anew in any codec.
  const why = codec && !(info?.masked && way?.form === 'original') ? codecName(codec) : null;
  const said = sayOf(what, video, t);
  const asked = state.kind === 'pictures' && state.why === 'asked';
  return why && !asked ? t('instead.because', { codec: why, what: said }) : said;
}

function sayOf(what: InsteadOf, { state, stream, info }: Seen, t: TFunction): string {
  if (what === 'other') return t('instead.other', namesOf({ stream }, t));
  if (what === 'h264') return t('instead.h264');
  if (state.kind !== 'pictures') return t('instead.asked');
  const every = { seconds: state.every_s };
  if (state.why === 'asked') return t('instead.every', every);
  if (info?.reencoding === 'off') return t('instead.off', every);
  return t(info?.masked ? 'instead.busyMasked' : 'instead.busy', every);
}

/** What can be chosen otherwise. */
export function choicesOf({ info, stream, codec }: Seen): Choice[] {
  const beside = info?.streams.some(({ id, playable }) => id !== stream?.id && playable !== false);
  const foreign = stream?.playable === false || codec?.startsWith('hvc1') || codec?.startsWith('hev1');
  const encoded = foreign && !info?.masked && info?.reencoding !== 'off';
  return ['auto', ...(beside ? (['other'] as const) : []), ...(encoded ? (['h264'] as const) : []), 'pictures'];
}
