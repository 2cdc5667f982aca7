/** hls.js without subtitles, sound tracks and protection; the package has no types of its own for it. */
declare module 'hls.js/light' {
  export { default } from 'hls.js';
}
