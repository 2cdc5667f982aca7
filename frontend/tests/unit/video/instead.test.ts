import i18next from 'i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Room, StreamSeen } from '../../../src/api/streams';
import { startLanguages } from '../../../src/i18n';
import type { VideoState } from '../../../src/model/viewing';
import { type Choice, firstWay, nextWay, type Way } from '../../../src/model/ways';
import { choicesOf, insteadOf, insteadWords } from '../../../src/panels/video/instead';

const stream = (id: 'main' | 'sub', playable: boolean | null): StreamSeen => ({
  id,
  role: id,
  codec: playable === null ? null : playable ? 'avc1.4d400c' : 'hvc1.1.6.L93',
  width: null,
  height: null,
  playable,
});

describe('what is opened first', () => {
  const cases: [boolean | null, boolean | null, Choice, string][] = [
    [true, true, 'auto', 'main original'],
    [null, true, 'auto', 'main original'],
    [false, true, 'auto', 'sub original'],
    [false, false, 'auto', 'main h264'],
    [false, null, 'auto', 'main h264'],
    [false, true, 'h264', 'main h264'],
    [true, true, 'pictures', 'main pictures'],
    [true, true, 'other', 'sub original'],
    [true, false, 'other', 'main original'],
  ];
  it.each(cases)('main %s, sub %s, wanted %s: %s', (main, sub, choice, way) => {
    const streams = [stream('main', main), stream('sub', sub)];
    const { stream: id, form } = firstWay(streams, streams[0] as StreamSeen, choice);
    expect(`${id} ${form}`).toBe(way);
  });

  it('tries each way once', () => {
    const tried: Way[] = [{ stream: 'main', form: 'original' }];
    for (;;) {
      const next = nextWay(tried, 'main', ['sub'], true);
      if (!next) break;
      tried.push(next);
    }
    expect(tried.map(({ stream, form }) => `${stream} ${form}`)).toEqual([
      'main original',
      'sub original',
      'main h264',
    ]);
    expect(nextWay(tried.slice(0, 2), 'main', ['sub'], false)).toBeNull();
  });
});

describe('what is said of it', () => {
  beforeAll(() => startLanguages('zh'));

  const video = (state: VideoState, way: Way, { masked = false, room = 'free' as Room } = {}) => ({
    state,
    way,
    stream: stream('main', masked),
    codec: 'hvc1.1.6.L93',
    info: {
      camera: 'a',
      streams: [stream('main', masked), stream('sub', true)],
      simulated: false,
      ptz: false,
      masked,
      reencoding: room,
    },
  });
  const words = (seen: ReturnType<typeof video>) => {
    const what = insteadOf(seen);
    return what && insteadWords(what, seen, i18next.t);
  };
  const pictures = (why: 'busy' | 'asked'): VideoState => ({ kind: 'pictures', why, every_s: 3 });
  const original: Way = { stream: 'main', form: 'original' };
  const h264: Way = { stream: 'main', form: 'h264' };

  it('names the codec and what is shown instead', () => {
    expect(words(video({ kind: 'playing' }, original))).toBeNull();
    expect(words(video({ kind: 'playing' }, { stream: 'sub', form: 'original' }))).toBe('H.265，已改看子码流');
    expect(words(video({ kind: 'playing' }, h264))).toBe('H.265，转码播放');
    expect(words(video(pictures('busy'), h264, { room: 'busy' }))).toBe('H.265，转码路数已满，每 3 秒更新一张');
    expect(words(video(pictures('busy'), h264, { room: 'off' }))).toBe('H.265，服务器未开转码，每 3 秒更新一张');
    expect(words(video(pictures('busy'), original, { masked: true }))).toBe('隐私遮挡路数已满，每 3 秒更新一张');
    expect(words(video(pictures('asked'), { stream: 'main', form: 'pictures' }))).toBe('每 3 秒更新一张');
    expect(words(video({ kind: 'refused', detail: '' }, h264))).toBeNull();
  });

  it('offers what helps', () => {
    expect(choicesOf(video({ kind: 'playing' }, h264))).toEqual(['auto', 'other', 'h264', 'pictures']);
    expect(choicesOf(video({ kind: 'playing' }, h264, { room: 'off' }))).toEqual(['auto', 'other', 'pictures']);
    expect(choicesOf(video(pictures('busy'), original, { masked: true }))).toEqual(['auto', 'other', 'pictures']);
  });
});
