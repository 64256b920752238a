/** Generated game art: an identity gradient, a quiet pattern and an emblem. No stock images. */

import { useId } from "react";
import { hash32 } from "../lib/hash";
import { type EmblemName, emblems } from "./emblems";

interface Identity {
  from: string;
  to: string;
  emblem: EmblemName;
}

const own: Record<string, Identity> = {
  dice: { from: "#0B6A4B", to: "#1FD07A", emblem: "dice" },
  crash: { from: "#3B1FA8", to: "#9B3BFF", emblem: "rocket" },
  mines: { from: "#7A1D2D", to: "#FF5468", emblem: "gem" },
  plinko: { from: "#7A4A06", to: "#FFC440", emblem: "coin" },
  roulette: { from: "#0C3A75", to: "#3F9BFF", emblem: "wheel" },
  blackjack: { from: "#112233", to: "#4A6B86", emblem: "cards" },
  slots: { from: "#5A0F5C", to: "#E83FB8", emblem: "seven" },
};

const gradients: readonly (readonly [string, string])[] = [
  ["#4A148C", "#C2478F"],
  ["#0B3A6E", "#2FA8C9"],
  ["#6B1230", "#E0603F"],
  ["#1B4332", "#57B85A"],
  ["#2A1A6B", "#6C63FF"],
  ["#7A3B05", "#EFA23A"],
  ["#3C0D4F", "#A34BE0"],
  ["#083D4A", "#21B5A2"],
  ["#5B1A1A", "#D4493F"],
  ["#16274F", "#4E7BE8"],
];

const byCategory: Record<string, readonly EmblemName[]> = {
  slots: ["seven", "cherry", "gem", "crown", "bell", "star", "clover"],
  live: ["wheel", "cards"],
  crash: ["rocket"],
  table: ["cards", "wheel"],
  instant: ["bolt", "coin", "dice"],
};

// A title that names a thing gets that thing.
const byWord: readonly (readonly [RegExp, EmblemName])[] = [
  [/fruit|cherr|berry|lemon/i, "cherry"],
  [/gem|diamond|jewel|crystal/i, "gem"],
  [/king|queen|crown|royal|pharaoh/i, "crown"],
  [/star|cosmic|space|galaxy/i, "star"],
  [/bell/i, "bell"],
  [/clover|lucky|irish/i, "clover"],
  [/seven|777|\b7\b|hot/i, "seven"],
  [/roulette|wheel/i, "wheel"],
  [/blackjack|poker|baccarat|card/i, "cards"],
  [/dice/i, "dice"],
  [/gold|coin|treasure/i, "coin"],
  [/thunder|zeus|bolt|storm|power/i, "bolt"],
];

function identityOf(title: string, category: string, slug: string | null): Identity {
  const known = slug ? own[slug] : undefined;
  if (known) return known;
  const h = hash32(title);
  const [from, to] = gradients[h % gradients.length] as readonly [string, string];
  const named = byWord.find(([word]) => word.test(title))?.[1];
  const usual = byCategory[category] ?? ["star", "gem"];
  const emblem = named ?? (usual[(h >>> 8) % usual.length] as EmblemName);
  return { from, to, emblem };
}

interface ArtProps {
  title: string;
  category: string;
  slug?: string | null;
  /** Portrait tile, wide banner or a small square thumbnail. */
  shape?: "tile" | "wide" | "square";
}

const boxes = { tile: [112, 149], wide: [358, 132], square: [48, 48] } as const;
const places = {
  tile: { x: 56, y: 58, size: 66 },
  wide: { x: 300, y: 64, size: 104 },
  square: { x: 24, y: 24, size: 32 },
} as const;

export function Art({ title, category, slug = null, shape = "tile" }: ArtProps) {
  const id = useId();
  const [w, h] = boxes[shape];
  const { from, to, emblem } = identityOf(title, category, slug);
  const place = places[shape];
  const seed = hash32(`${title}/${category}`);
  return (
    <svg
      aria-hidden="true"
      className="block h-full w-full"
      preserveAspectRatio={shape === "wide" ? "xMaxYMid slice" : "xMidYMid slice"}
      viewBox={`0 0 ${w} ${h}`}
    >
      <defs>
        <linearGradient id={`${id}g`} x1="0" x2="1" y1="1" y2="0">
          <stop offset="0" stopColor={from} />
          <stop offset="1" stopColor={to} />
        </linearGradient>
        <radialGradient id={`${id}l`}>
          <stop offset="0" stopColor="#fff" stopOpacity=".42" />
          <stop offset="1" stopColor="#fff" stopOpacity="0" />
        </radialGradient>
        <linearGradient id={`${id}e`} x1="0" x2="0" y1="0" y2="1">
          <stop offset="0" stopColor="#fff" />
          <stop offset="1" stopColor="#fff" stopOpacity=".72" />
        </linearGradient>
      </defs>
      <rect fill={`url(#${id}g)`} height={h} width={w} />
      <Pattern height={h} seed={seed} width={w} />
      <circle cx={place.x} cy={place.y} fill={`url(#${id}l)`} r={place.size * 0.95} />
      <g
        transform={`translate(${place.x - place.size / 2} ${place.y - place.size / 2}) scale(${place.size / 48})`}
      >
        <g fill="#000" opacity=".22" transform="translate(0 2.5)">
          {emblems[emblem]("#000", "#000")}
        </g>
        {emblems[emblem](`url(#${id}e)`, from)}
      </g>
    </svg>
  );
}

function Pattern({ seed, width, height }: { seed: number; width: number; height: number }) {
  const light = { fill: "none", stroke: "#fff", strokeOpacity: 0.1 };
  const cx = (seed % 100) / 100;
  switch (seed % 4) {
    case 0:
      return (
        <g {...light} strokeWidth="10">
          {[30, 56, 82, 108].map((r) => (
            <circle cx={width * (0.2 + cx * 0.6)} cy={height} key={r} r={r} />
          ))}
        </g>
      );
    case 1:
      return (
        <g {...light} strokeWidth="9">
          {[-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((i) => (
            <path d={`M${i * 36 - 20} ${height + 10}l${height + 20} ${-height - 20}`} key={i} />
          ))}
        </g>
      );
    case 2:
      return (
        <g fill="#fff" fillOpacity=".09">
          {[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((i) => (
            <path
              d={`M${width * 0.5} ${height * 0.42}L${width * 0.5 + 400 * Math.cos((i * Math.PI) / 6)} ${height * 0.42 + 400 * Math.sin((i * Math.PI) / 6)}L${width * 0.5 + 400 * Math.cos(((i + 0.5) * Math.PI) / 6)} ${height * 0.42 + 400 * Math.sin(((i + 0.5) * Math.PI) / 6)}Z`}
              key={i}
            />
          ))}
        </g>
      );
    default:
      return (
        <g fill="#fff" fillOpacity=".1">
          {[0, 1, 2, 3, 4, 5, 6].map((i) => (
            <rect
              height="26"
              key={i}
              rx="5"
              transform={`translate(${((seed >>> i) % 100) * 0.01 * width} ${((seed >>> (i + 5)) % 100) * 0.01 * height}) rotate(45)`}
              width="26"
            />
          ))}
        </g>
      );
  }
}
