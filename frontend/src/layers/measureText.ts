/** Lengths and areas as short text on the map; the same in every language. */
export function lengthText(metres: number): string {
  if (Math.abs(metres) >= 10_000) return `${(metres / 1000).toFixed(2)} km`;
  return Math.abs(metres) >= 1000 ? `${(metres / 1000).toFixed(3)} km` : `${metres.toFixed(1)} m`;
}

export function areaText(square_m: number): string {
  if (square_m >= 1e6) return `${(square_m / 1e6).toFixed(3)} km²`;
  return square_m >= 1e4 ? `${(square_m / 1e4).toFixed(2)} ha` : `${square_m.toFixed(1)} m²`;
}

export function riseText(metres: number): string {
  return `${metres >= 0 ? '+' : '−'}${lengthText(Math.abs(metres))}`;
}
