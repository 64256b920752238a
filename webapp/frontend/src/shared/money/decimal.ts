/**
 * Amounts. The server speaks plain decimal strings; in between they are whole minor units in a
 * BigInt. No amount ever becomes a JavaScript number.
 */

const DECIMAL = /^(-?)(\d{1,19})(?:\.(\d{1,18}))?$/;
const NBSP = "\u00a0";
const MINUS = "\u2212";

/** Minor units of a plain decimal, or null when it is none, or finer than the currency. */
export function parseUnits(text: string, decimals: number): bigint | null {
  const match = DECIMAL.exec(text);
  if (!match) return null;
  const part = (match[3] ?? "").replace(/0+$/, "");
  if (part.length > decimals) return null;
  const units = BigInt(`${match[2]}${part.padEnd(decimals, "0")}`);
  return match[1] ? -units : units;
}

/** For amounts that come from our own server: nonsense there is a defect, shown as zero. */
export function unitsOf(text: string, decimals: number): bigint {
  return parseUnits(text, decimals) ?? 0n;
}

/** The plain decimal that the server reads, without trailing zeros. */
export function toDecimal(units: bigint, decimals: number): string {
  const sign = units < 0n ? "-" : "";
  const [whole, part] = split(units, decimals);
  const trimmed = part.replace(/0+$/, "");
  return `${sign}${whole}${trimmed && `.${trimmed}`}`;
}

/** What a person typed: comma or point, spaces between thousands. Null when it is no amount. */
export function parseTyped(text: string, decimals: number): bigint | null {
  const plain = text.replace(/[\s\u00a0\u202f]/g, "").replace(",", ".");
  if (plain === "" || plain.startsWith("-")) return null;
  const padded = plain.startsWith(".") ? `0${plain}` : plain;
  return parseUnits(padded.endsWith(".") ? padded.slice(0, -1) : padded, decimals);
}

export interface Shown {
  language: string;
  /** Decimals kept at most, cut towards zero. All of the currency's when left out. */
  places?: number;
  /** Decimals shown at least. */
  padding?: number;
  /** "always" puts a plus before gains. */
  sign?: "always" | "negative";
}

/** An amount for people: grouped, with U+2212 for minus. */
export function formatUnits(units: bigint, decimals: number, how: Shown): string {
  const places = Math.min(how.places ?? decimals, decimals);
  const padding = Math.min(how.padding ?? 2, decimals);
  const [whole, part] = split(units, decimals);
  const kept = part.slice(0, places).replace(/0+$/, "").padEnd(padding, "0");
  const russian = how.language.startsWith("ru");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, russian ? NBSP : ",");
  const sign = units < 0n ? MINUS : how.sign === "always" && units > 0n ? "+" : "";
  return `${sign}${grouped}${kept && (russian ? "," : ".")}${kept}`;
}

/** A decimal that is no amount (multiplier, percentage), in the language's notation. */
export function formatDecimal(text: string, language: string): string {
  const local = text.replace("-", MINUS);
  return language.startsWith("ru") ? local.replace(".", ",") : local;
}

/** "2.0000" as "2.00": decimals beyond `places` are cut, shorter texts stay. */
export function cutDecimals(text: string, places: number): string {
  const [whole = "0", part = ""] = text.split(".");
  return part ? `${whole}.${part.slice(0, places)}` : whole;
}

/** "99.00" as "99": no trailing zeros. */
export function trimZeros(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** `units * numerator / denominator`, cut: what is finer than one unit stays with the house. */
export function share(units: bigint, numerator: bigint, denominator: bigint): bigint {
  return (units * numerator) / denominator;
}

function split(units: bigint, decimals: number): [whole: string, part: string] {
  const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, "0");
  const cut = digits.length - decimals;
  return [digits.slice(0, cut), digits.slice(cut)];
}
