/** Our own line icons: 24 grid, 1.8 stroke, round caps. */

import type { ReactNode } from "react";

const shapes = {
  home: (
    <>
      <path d="M4 10.6 12 4l8 6.6V19a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 19Z" />
      <path d="M9.5 20.2V14h5v6.2" />
    </>
  ),
  wallet: (
    <>
      <path d="M4 8.5A2.5 2.5 0 0 1 6.5 6H17a2 2 0 0 1 2 2v.5" />
      <path d="M4 8.5v8A2.5 2.5 0 0 0 6.5 19h11a2.5 2.5 0 0 0 2.5-2.5V11a2.5 2.5 0 0 0-2.5-2.5Z" />
      <path d="M16.2 13.75h.01" strokeWidth="2.6" />
    </>
  ),
  history: (
    <>
      <path d="M4.2 9.5A8.2 8.2 0 1 1 3.8 13" />
      <path d="M4 4.8v4.7h4.7M12 8v4.3l3 1.8" />
    </>
  ),
  profile: (
    <>
      <circle cx="12" cy="8.4" r="3.9" />
      <path d="M4.8 20c.8-3.6 3.6-5.6 7.2-5.6s6.4 2 7.2 5.6" />
    </>
  ),
  search: (
    <>
      <circle cx="11" cy="11" r="6.5" />
      <path d="m16 16 4.2 4.2" />
    </>
  ),
  down: <path d="m7 10 5 5 5-5" />,
  back: <path d="m14.5 6-6 6 6 6" />,
  next: <path d="m9.5 6 6 6-6 6" />,
  close: <path d="m6.5 6.5 11 11m0-11-11 11" />,
  plus: <path d="M12 5.5v13M5.5 12h13" />,
  check: <path d="m5.5 12.5 4.3 4.3 8.7-9.3" />,
  copy: (
    <>
      <rect x="8.5" y="8.5" width="11" height="11" rx="2.5" />
      <path d="M5.7 15.5A2 2 0 0 1 4.5 13.7V6.5a2 2 0 0 1 2-2h7.2a2 2 0 0 1 1.8 1.2" />
    </>
  ),
  swap: <path d="M7 4.5 3.8 7.7 7 10.9M4.2 7.7H17m0 5.4 3.2 3.2L17 19.5m2.8-3.2H7" />,
  shield: (
    <>
      <path d="M12 3.5 5 6v5.5c0 4.3 2.8 7.4 7 9 4.2-1.6 7-4.7 7-9V6Z" />
      <path d="m9 12 2.2 2.2L15.2 10" />
    </>
  ),
  globe: (
    <>
      <circle cx="12" cy="12" r="8.2" />
      <path d="M3.8 12h16.4M12 3.8c2.3 2.4 3.4 5.1 3.4 8.2s-1.1 5.8-3.4 8.2c-2.3-2.4-3.4-5.1-3.4-8.2s1.1-5.8 3.4-8.2Z" />
    </>
  ),
  moon: <path d="M19.5 14.3A7.9 7.9 0 0 1 9.7 4.5a7.9 7.9 0 1 0 9.8 9.8Z" />,
  help: (
    <>
      <circle cx="12" cy="12" r="8.2" />
      <path d="M9.7 9.7a2.4 2.4 0 1 1 3.5 2.2c-.8.4-1.2 1-1.2 1.9M12 16.6h.01" />
    </>
  ),
  document: (
    <>
      <path d="M6 5.5A1.5 1.5 0 0 1 7.5 4H14l4 4v10.5a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 6 18.5Z" />
      <path d="M14 4v4h4M9 12.5h6M9 16h4" />
    </>
  ),
  lock: (
    <>
      <rect x="5" y="10.5" width="14" height="9.5" rx="2.5" />
      <path d="M8 10.5V8a4 4 0 0 1 8 0v2.5M12 14.5v1.7" />
    </>
  ),
  gauge: (
    <>
      <path d="M5.2 18a8.5 8.5 0 1 1 13.6 0" />
      <path d="m12 13.5 3.6-4.3" />
    </>
  ),
  expand: <path d="M8.5 4.5h-4v4M15.5 4.5h4v4M8.5 19.5h-4v-4M15.5 19.5h4v-4" />,
  refresh: <path d="M19.5 5.5v4.7h-4.7M19.2 10.2A7.7 7.7 0 1 0 19.7 13" />,
  external: (
    <path d="M9 5.5H6A1.5 1.5 0 0 0 4.5 7v11A1.5 1.5 0 0 0 6 19.5h11a1.5 1.5 0 0 0 1.5-1.5v-3M13.5 4.5h6v6M19 5l-8 8" />
  ),
  incoming: <path d="M12 4.5v13m0 0-5-5m5 5 5-5M5 20.5h14" />,
  gift: (
    <>
      <path d="M4.5 11.5h15v7a1.5 1.5 0 0 1-1.5 1.5H6a1.5 1.5 0 0 1-1.5-1.5ZM3.5 8h17v3.5h-17ZM12 8v12" />
      <path d="M12 8C9 8 7.5 6.8 7.5 5.3S9.6 3.2 12 8c2.4-4.8 4.5-4.2 4.5-2.7S15 8 12 8Z" />
    </>
  ),
  warning: (
    <>
      <path d="M12 4.5 21 19.5H3Z" />
      <path d="M12 10v4.2M12 16.9h.01" />
    </>
  ),
  clock: (
    <>
      <circle cx="12" cy="12" r="8.2" />
      <path d="M12 7.5V12l3 2" />
    </>
  ),
  grid: (
    <>
      <rect x="4.5" y="4.5" width="6" height="6" rx="1.6" />
      <rect x="13.5" y="4.5" width="6" height="6" rx="1.6" />
      <rect x="4.5" y="13.5" width="6" height="6" rx="1.6" />
      <rect x="13.5" y="13.5" width="6" height="6" rx="1.6" />
    </>
  ),
  spade: (
    <path d="M12 3.8c2.7 3.6 7 5.8 7 9.5a3.7 3.7 0 0 1-6.2 2.7c0 2 .6 3.2 1.9 4.2H9.3c1.3-1 1.9-2.2 1.9-4.2A3.7 3.7 0 0 1 5 13.3c0-3.7 4.3-5.9 7-9.5Z" />
  ),
  reels: (
    <>
      <rect x="3.5" y="5" width="17" height="14" rx="2.5" />
      <path
        d="M9.2 5v14M14.8 5v14M5.5 10h1.8l-1 4M11 10h2l-1.1 4M16.7 10h1.8l-1 4"
        strokeWidth="1.5"
      />
    </>
  ),
  live: (
    <>
      <circle cx="12" cy="12" r="2.2" />
      <path d="M7.8 16.2a6 6 0 0 1 0-8.4M16.2 7.8a6 6 0 0 1 0 8.4M5 19A10 10 0 0 1 5 5M19 5a10 10 0 0 1 0 14" />
    </>
  ),
  rocket: <path d="M4 20c2-7.5 7-13.5 16-15-1 8-6.5 13.5-13 15.5M4 20l5.5-5.5" />,
  cards: (
    <>
      <rect x="4" y="6.5" width="9.5" height="13" rx="2" transform="rotate(-8 8.7 13)" />
      <path d="m15 5.8 3.8.8a2 2 0 0 1 1.5 2.4L18.2 18.5a2 2 0 0 1-2 1.5" />
    </>
  ),
  bolt: <path d="M13 3.5 5.5 13.5H11l-1 7 7.5-10H12Z" />,
  dice: (
    <>
      <rect x="4.5" y="4.5" width="15" height="15" rx="4" />
      <path d="M9 9h.01M15 15h.01M12 12h.01M15 9h.01M9 15h.01" strokeWidth="2.5" />
    </>
  ),
  minus: <path d="M5.5 12h13" />,
  undo: <path d="M8.5 5 4.5 9l4 4M5 9h9a5.5 5.5 0 0 1 0 11h-4" />,
  adjust: <path d="M4.5 7.5h9M17.5 7.5h2M4.5 16.5h2M10.5 16.5h9M15.5 5.5v4M8.5 14.5v4" />,
  key: (
    <>
      <circle cx="8" cy="15.5" r="4" />
      <path d="m11 12.5 8-8M15.5 8l2.5 2.5" />
    </>
  ),
  send: <path d="M20 4.5 3.5 11l6 2.5L12 20Zm0 0L9.5 13.5" />,
  heart: (
    <path d="M12 20C6.5 16.2 3.8 13 3.8 9.6a4.4 4.4 0 0 1 8.2-2.3 4.4 4.4 0 0 1 8.2 2.3c0 3.4-2.7 6.6-8.2 10.4Z" />
  ),
  tray: (
    <path d="M4.5 13.5 7 5.5h10l2.5 8v4a2 2 0 0 1-2 2h-11a2 2 0 0 1-2-2Zm0 0H9l1.2 2.5h3.6L15 13.5h4.5" />
  ),
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof shapes;

interface IconProps {
  name: IconName;
  size?: number;
  className?: string | undefined;
}

export function Icon({ name, size = 24, className }: IconProps) {
  return (
    <svg
      aria-hidden="true"
      className={className}
      fill="none"
      height={size}
      stroke="currentColor"
      strokeLinecap="round"
      strokeLinejoin="round"
      strokeWidth="1.8"
      viewBox="0 0 24 24"
      width={size}
    >
      {shapes[name]}
    </svg>
  );
}
