/** What game art is about, drawn on a 48 grid. */

import type { ReactNode } from "react";

export type EmblemName = keyof typeof emblems;

/** Drawn on a 48 grid; `face` is the bright side, `cut` what is carved into it. */
export const emblems = {
  dice: (face: string, cut: string): ReactNode => (
    <>
      <g transform="rotate(-12 18 28)">
        <rect fill={face} height="26" rx="6.5" width="26" x="4" y="16" />
        {[
          [10.5, 22.5],
          [23.5, 22.5],
          [17, 29],
          [10.5, 35.5],
          [23.5, 35.5],
        ].map(([x, y]) => (
          <circle cx={x} cy={y} fill={cut} key={`${x}${y}`} r="2.5" />
        ))}
      </g>
      <g opacity=".82" transform="rotate(14 35 15)">
        <rect fill={face} height="19" rx="5" width="19" x="26" y="5" />
        {[
          [31, 10],
          [40, 19],
          [35.5, 14.5],
        ].map(([x, y]) => (
          <circle cx={x} cy={y} fill={cut} key={`${x}${y}`} r="2" />
        ))}
      </g>
    </>
  ),
  rocket: (face: string, cut: string): ReactNode => (
    <>
      <path d="M42 5c-12 .5-21.5 7-27 18.5L24.5 33C36 27.5 42.5 17 42 5Z" fill={face} />
      <path d="M15 23.5 7 25l5-8 7-1.5ZM24.5 33 23 41l8-5 1.5-7Z" fill={face} opacity=".75" />
      <path d="M13 30c-5 1-7 5-7.5 11.5C12 41 16 39 17 34Z" fill={face} opacity=".55" />
      <circle cx="29.5" cy="17.5" fill={cut} r="4" />
    </>
  ),
  gem: (face: string, cut: string): ReactNode => (
    <>
      <path d="M13 9h22l8 11-19 21L5 20Z" fill={face} />
      <path
        d="M5 20h38M13 9l6 11 5 21 5-21 6-11M19 20l5-11 5 11"
        fill="none"
        stroke={cut}
        strokeLinejoin="round"
        strokeOpacity=".55"
        strokeWidth="1.6"
      />
    </>
  ),
  coin: (face: string, cut: string): ReactNode => (
    <>
      <ellipse cx="24" cy="33" fill={face} opacity=".55" rx="17" ry="8" />
      <ellipse cx="24" cy="27" fill={face} opacity=".75" rx="17" ry="8" />
      <ellipse cx="24" cy="19" fill={face} rx="17" ry="10" />
      <path
        d="m24 11.5 2.2 4.6 5.3.7-3.9 3.3 1 4.7-4.6-2.3-4.6 2.3 1-4.7-3.9-3.3 5.3-.7Z"
        fill={cut}
        opacity=".7"
      />
    </>
  ),
  wheel: (face: string, cut: string): ReactNode => (
    <>
      <circle cx="24" cy="24" fill={face} r="19" />
      {[0, 1, 2, 3, 4, 5, 6, 7].map((i) => (
        <path
          d="M24 24 20.5 7.5a17 17 0 0 1 7 0Z"
          fill={cut}
          key={i}
          opacity={i % 2 ? 0.65 : 0.35}
          transform={`rotate(${i * 45} 24 24)`}
        />
      ))}
      <circle cx="24" cy="24" fill={face} r="7" />
      <circle cx="24" cy="24" fill={cut} r="2.5" />
      <circle cx="33.5" cy="13" fill="#fff" r="2.6" />
    </>
  ),
  cards: (face: string, cut: string): ReactNode => (
    <>
      <rect
        fill={face}
        height="30"
        opacity=".7"
        rx="4"
        transform="rotate(-14 18 24)"
        width="21"
        x="6"
        y="9"
      />
      <rect fill={face} height="31" rx="4" transform="rotate(9 30 25)" width="22" x="19" y="9" />
      <path
        d="M31.5 17c2.4 3.2 6 5 6 8.1a3 3 0 0 1-5.1 2.2c0 1.7.5 2.7 1.6 3.5l-6.1-1c1.3-.6 2.1-1.5 2.3-3.2a3 3 0 0 1-4.7-3c.5-3.1 4.5-4.2 6-6.6Z"
        fill={cut}
      />
    </>
  ),
  seven: (face: string, cut: string): ReactNode => (
    <>
      <path
        d="M9 8h31v8.5C31 23.5 27.5 31 26.5 42h-11C16.5 31.5 20.5 24.5 27 18.5H15.5L14.5 22H8Z"
        fill={face}
      />
      <path
        d="M12 11.5h24.5"
        fill="none"
        stroke={cut}
        strokeLinecap="round"
        strokeOpacity=".35"
        strokeWidth="2"
      />
    </>
  ),
  cherry: (face: string, cut: string): ReactNode => (
    <>
      <path
        d="M14 30C16 18 22 10 34 6c-1 8-1 14 0 22"
        fill="none"
        stroke={face}
        strokeLinecap="round"
        strokeWidth="2.6"
      />
      <path d="M34 6c4-2.5 8-2 10.5 1-3.5 3.5-7.5 3.5-10.5-1Z" fill={face} opacity=".75" />
      <circle cx="14" cy="34" fill={face} r="9.5" />
      <circle cx="34" cy="34" fill={face} r="9.5" />
      <path
        d="M8.5 32a6 6 0 0 1 4-4.5M28.5 32a6 6 0 0 1 4-4.5"
        fill="none"
        stroke={cut}
        strokeLinecap="round"
        strokeOpacity=".5"
        strokeWidth="2"
      />
    </>
  ),
  crown: (face: string, cut: string): ReactNode => (
    <>
      <path d="M6 14l9 8.5L24 8l9 14.5L42 14l-3.5 21h-29Z" fill={face} />
      <rect fill={face} height="4.5" opacity=".75" rx="2" width="29" x="9.5" y="37" />
      <circle cx="24" cy="27.5" fill={cut} opacity=".6" r="3" />
      <circle cx="14.5" cy="29" fill={cut} opacity=".45" r="2" />
      <circle cx="33.5" cy="29" fill={cut} opacity=".45" r="2" />
    </>
  ),
  bell: (face: string, cut: string): ReactNode => (
    <>
      <path
        d="M24 6c-8 0-12 6-12 14 0 9-3 11-5.5 15h35C39 31 36 29 36 20c0-8-4-14-12-14Z"
        fill={face}
      />
      <path d="M18.5 38a5.5 5.5 0 0 0 11 0Z" fill={face} opacity=".7" />
      <path
        d="M17.5 19c0-4.5 1.8-7.5 5-8.5"
        fill="none"
        stroke={cut}
        strokeLinecap="round"
        strokeOpacity=".4"
        strokeWidth="2.2"
      />
    </>
  ),
  star: (face: string, cut: string): ReactNode => (
    <>
      <path
        d="m24 4.5 6 12.7 13.8 1.7-10.2 9.5 2.7 13.7L24 35.3 11.7 42.1l2.7-13.7L4.2 18.9 18 17.2Z"
        fill={face}
        strokeLinejoin="round"
      />
      <path d="M24 11v21l-8 4.5 1.8-9-6.3-6.2 8.5-1.5Z" fill={cut} opacity=".16" />
    </>
  ),
  clover: (face: string, cut: string): ReactNode => (
    <>
      {[0, 90, 180, 270].map((a) => (
        <path
          d="M24 22c-9-5-11-15-4.5-15.5 2 0 3.7 1 4.5 3 .8-2 2.5-3 4.5-3C35 7 33 17 24 22Z"
          fill={face}
          key={a}
          transform={`rotate(${a} 24 22)`}
        />
      ))}
      <path
        d="M25 26c0 7 2 12 7 16"
        fill="none"
        stroke={face}
        strokeLinecap="round"
        strokeWidth="2.8"
      />
      <circle cx="24" cy="22" fill={cut} opacity=".4" r="2.5" />
    </>
  ),
  bolt: (face: string, cut: string): ReactNode => (
    <>
      <path d="M28 4 9 27h12l-3 17 21-25H26Z" fill={face} strokeLinejoin="round" />
      <path
        d="M26 9 14.5 24"
        fill="none"
        stroke={cut}
        strokeLinecap="round"
        strokeOpacity=".35"
        strokeWidth="2"
      />
    </>
  ),
};
