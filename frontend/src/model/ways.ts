/** In which ways a camera's picture can be had, and what is tried where one does not play. */
import type { StreamForm, StreamSeen } from '../api/streams';

export interface Way {
  stream: string;
  form: StreamForm;
}

/** What somebody wants: what plays best, or one way whatever else there is. */
export type Choice = 'auto' | 'other' | 'h264' | 'pictures';

const isSame = (one: Way, other: Way) => one.stream === other.stream && one.form === other.form;

/** The camera's other streams that play as they come, as far as known. */
export const playingBeside = (streams: readonly StreamSeen[], wished: string): string[] =>
  streams.filter(({ id, playable }) => id !== wished && playable === true).map(({ id }) => id);

/** What is opened first: what is not known to play is tried. */
export function firstWay(streams: readonly StreamSeen[], wished: StreamSeen, choice: Choice): Way {
  const [beside] = playingBeside(streams, wished.id);
  if (choice === 'pictures' || choice === 'h264') return { stream: wished.id, form: choice };
  const plays = wished.playable !== false && choice === 'auto';
  if (plays || (beside === undefined && wished.playable !== false)) return { stream: wished.id, form: 'original' };
  return beside === undefined ? { stream: wished.id, form: 'h264' } : { stream: beside, form: 'original' };
}

/** What is tried next; null: nothing is left. `decodable`: the server could encode the wished stream anew. */
export function nextWay(
  tried: readonly Way[],
  wished: string,
  beside: readonly string[],
  decodable: boolean,
): Way | null {
  const ways: Way[] = beside.map((stream) => ({ stream, form: 'original' }));
  if (decodable) ways.push({ stream: wished, form: 'h264' });
  return ways.find((way) => !tried.some((one) => isSame(one, way))) ?? null;
}
