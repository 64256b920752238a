/** The core of `qrcode` without its renderers; the package ships no types for it. */
declare module "qrcode/lib/core/qrcode.js" {
  export interface Modules {
    size: number;
    get(row: number, column: number): number;
  }
  export function create(
    text: string,
    options: { errorCorrectionLevel: "L" | "M" | "Q" | "H" },
  ): { modules: Modules };
}
