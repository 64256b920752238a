import { type ReactNode, useId } from "react";

/** A coin for each currency; an unknown one gets its first letter. */

interface Face {
  from: string;
  to: string;
  mark: ReactNode;
}

const stroke = {
  fill: "none",
  stroke: "#fff",
  strokeLinecap: "round",
  strokeLinejoin: "round",
  strokeWidth: 1.6,
} as const;

const faces: Record<string, Face> = {
  TON: {
    from: "#34b1ff",
    to: "#0a6fd1",
    mark: <path d="M5.5 6.2h9L10 14.3 5.5 6.2Zm4.5 0v8" {...stroke} />,
  },
  USDT: {
    from: "#3fc79b",
    to: "#157f5c",
    mark: <path d="M6 6h8M10 6v8.3M5.6 9.3c1 .9 7.8.9 8.8 0" {...stroke} />,
  },
  FUN: {
    from: "#ffd66b",
    to: "#e08a00",
    mark: (
      <path
        d="M10 5c1.6 2.2 4.2 3.5 4.2 5.7a2.2 2.2 0 0 1-3.6 1.6c0 1.2.3 1.9 1.1 2.5H8.3c.8-.6 1.1-1.3 1.1-2.5a2.2 2.2 0 0 1-3.6-1.6C5.8 8.5 8.4 7.2 10 5Z"
        fill="#fff"
      />
    ),
  },
  BTC: {
    from: "#ffb24a",
    to: "#d97706",
    mark: <path d="M8 6h2.8a1.9 1.9 0 0 1 0 3.9H8m0 0h3.2a2 2 0 0 1 0 4.1H8V6" {...stroke} />,
  },
  EUR: {
    from: "#7d8cff",
    to: "#3f4bc4",
    mark: <path d="M13.3 7a4 4 0 1 0 0 6M5.5 9h5M5.5 11h5" {...stroke} />,
  },
  USD: {
    from: "#63c96b",
    to: "#2b7d39",
    mark: (
      <path
        d="M12.6 7.3C12 6.5 11 6.2 10 6.2c-3.4 0-3.4 3.6 0 3.8 3.6.2 3.6 3.9 0 3.9-1.2 0-2.2-.4-2.8-1.3M10 4.8v10.4"
        {...stroke}
      />
    ),
  },
  XTR: {
    from: "#ffd45e",
    to: "#f08c00",
    mark: (
      <path
        d="m10 5 1.6 3.3 3.6.5-2.6 2.5.6 3.6L10 13.2l-3.2 1.7.6-3.6-2.6-2.5 3.6-.5Z"
        fill="#fff"
      />
    ),
  },
};

export function Coin({ currency, size = 20 }: { currency: string; size?: number }) {
  const face = faces[currency];
  // Not by currency: the same coin may be on screen twice, and the first one hidden.
  const id = useId();
  return (
    <svg aria-hidden="true" className="shrink-0" height={size} viewBox="0 0 20 20" width={size}>
      <defs>
        <linearGradient id={id} x1="0" x2="1" y1="0" y2="1">
          <stop offset="0" stopColor={face?.from ?? "#9aa6b8"} />
          <stop offset="1" stopColor={face?.to ?? "#566175"} />
        </linearGradient>
      </defs>
      <circle cx="10" cy="10" fill={`url(#${id})`} r="10" />
      <circle
        cx="10"
        cy="10"
        fill="none"
        r="8.7"
        stroke="#fff"
        strokeOpacity=".28"
        strokeWidth=".8"
      />
      {face?.mark ?? (
        <text fill="#fff" fontSize="9" fontWeight="700" textAnchor="middle" x="10" y="13.2">
          {currency.slice(0, 1)}
        </text>
      )}
    </svg>
  );
}
