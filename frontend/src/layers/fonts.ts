/**
 * The screen's font comes in many small files, fetched when a text needs them; a canvas
 * does not wait for them and would draw boxes. Text is drawn once its glyphs are there.
 */
export class Glyphs {
  private readonly asked = new Set<string>();
  private readonly arrived: () => void;

  /** `arrived` is called when glyphs came that were missing before. */
  constructor(arrived: () => void) {
    this.arrived = arrived;
  }

  /** Whether a text can be drawn; if not, its glyphs are fetched. A font that fails is not asked for again. */
  has(font: string, text: string): boolean {
    const { fonts } = document;
    const key = `${font} ${text}`;
    if (this.asked.has(key) || fonts.check(font, text)) return true;
    fonts.load(font, text).then(
      () => this.settle(key),
      () => this.settle(key),
    );
    return false;
  }

  private settle(key: string): void {
    this.asked.add(key);
    this.arrived();
  }
}
