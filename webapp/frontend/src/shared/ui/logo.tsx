import { useId } from "react";

/** The house mark: a chip cut open to a C around a spade. */

export function Mark({ size = 36 }: { size?: number }) {
  const id = useId();
  const paint = `url(#${id})`;
  return (
    <svg aria-hidden="true" height={size} viewBox="0 0 36 36" width={size}>
      <defs>
        <linearGradient id={id} x1="0" x2="1" y1="0" y2="1">
          <stop offset="0" stopColor="#3df09a" />
          <stop offset="1" stopColor="#0f9d62" />
        </linearGradient>
      </defs>
      <path
        d="M28.6 10.3A13 13 0 1 0 28.6 25.7"
        fill="none"
        stroke={paint}
        strokeLinecap="round"
        strokeWidth="5"
      />
      <path
        d="M18 3.2v4M9 7l2.6 3M5.3 16l4 .6M7 25.3l3.3-2.3M15.3 32.3l.9-3.9M24.7 6.2 23 9.6M24.6 30l-1.7-3.4"
        stroke="#04210f"
        strokeLinecap="round"
        strokeWidth="1.6"
      />
      <path
        d="M20 11.5c2 2.7 5.3 4.3 5.3 7.1a2.75 2.75 0 0 1-4.6 2c0 1.5.4 2.4 1.4 3.1h-4.2c1-.7 1.4-1.6 1.4-3.1a2.75 2.75 0 0 1-4.6-2c0-2.8 3.3-4.4 5.3-7.1Z"
        fill={paint}
      />
    </svg>
  );
}

export function Wordmark() {
  return (
    <span className="text-h2 font-bold tracking-[-0.01em]">
      Croupier<span className="text-win">.</span>
    </span>
  );
}
