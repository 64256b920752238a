/** Colours as plain `#rrggbb`: old WebViews have no `color-mix()`. */

export type Hex = `#${string}`;

type Rgb = readonly [number, number, number];

/** Reads `#rgb` or `#rrggbb`; null for anything else. */
export function parseHex(text: string | undefined): Hex | null {
  if (text === undefined) return null;
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(text);
  if (short)
    return `#${short
      .slice(1)
      .map((c) => c + c)
      .join("")
      .toLowerCase()}`;
  return /^#[0-9a-f]{6}$/i.test(text) ? (text.toLowerCase() as Hex) : null;
}

function rgb(hex: Hex): Rgb {
  const n = Number.parseInt(hex.slice(1), 16);
  return [(n >> 16) & 255, (n >> 8) & 255, n & 255];
}

/** `a` with the share `t` (0 to 1) of `b`, in sRGB. */
export function mix(a: Hex, b: Hex, t: number): Hex {
  const [x, y] = [rgb(a), rgb(b)];
  const channel = (i: 0 | 1 | 2) => Math.round(x[i] + (y[i] - x[i]) * t);
  return `#${([0, 1, 2] as const).map((i) => channel(i).toString(16).padStart(2, "0")).join("")}`;
}

function luminance(hex: Hex): number {
  const [r, g, b] = rgb(hex).map((v) => {
    const c = v / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG contrast ratio, 1 to 21. */
export function contrast(a: Hex, b: Hex): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

export function isDark(hex: Hex): boolean {
  return luminance(hex) < 0.2;
}
