import { Resvg } from "@resvg/resvg-js";
import type { Report } from "./model.ts";
import { BOB_SVG, SPARKLINE_SIZE, sparklineSvg } from "./sparkline.ts";

export type ReportImage = { readonly id: string; readonly png: Buffer };

/** For sharp screens, with the size set in the HTML. */
const SCALE = 2.5;

/** Pictures of the HTML part. It says everything without them. */
export function imagesOf(report: Report): readonly ReportImage[] {
  return [
    { id: "bob", png: png(BOB_SVG, 15) },
    ...report.changed.map((row, i) => ({
      id: `line-${i}`,
      png: png(sparklineSvg(row.points, row.mark), SPARKLINE_SIZE.width),
    })),
  ];
}

const png = (svg: string, width: number): Buffer =>
  new Resvg(svg, { fitTo: { mode: "width", value: width * SCALE }, font: { loadSystemFonts: false } })
    .render()
    .asPng();

/** For a file that stands by itself. */
export const dataUri = (image: ReportImage): string =>
  `data:image/png;base64,${image.png.toString("base64")}`;
