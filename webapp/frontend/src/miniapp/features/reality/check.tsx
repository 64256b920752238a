/** Over every game: after a while of play, says how long it was and how it went. */

import { useToLobby } from "@app/app/nav";
import {
  checkedAt,
  isDue,
  keepPlay,
  type Play,
  played,
  readPlay,
  TICK_MS,
} from "@app/app/play-time";
import { useSheets } from "@app/app/sheets-store";
import { isGamePage } from "@app/features/lobby/paths";
import { useSession } from "@shared/api/session";
import { lazy, Suspense, useEffect, useState } from "react";
import { useLocation } from "wouter";

const Summary = lazy(() => import("./summary").then((m) => ({ default: m.Summary })));

const MINUTE_MS = 60_000;

export function RealityCheck({ playerId }: { playerId: string }) {
  const toLobby = useToLobby();
  const [location] = useLocation();
  const playing = isGamePage(location);
  const periodMs = useSession(({ config }) => config?.reality_check_minutes ?? 0) * MINUTE_MS;
  // Whoever is at the cashier or reads the rules is asked afterwards.
  const covered = useSheets(({ stack }) => stack.length > 0);
  const [due, setDue] = useState<Play | null>(null);
  useEffect(() => {
    if (!playing) setDue(null);
    // While the question stands nothing is played.
    if (!playing || periodMs === 0 || due) return;
    const tick = () => {
      const now = Date.now();
      const play = played(readPlay(), playerId, now);
      keepPlay(play);
      if (!covered && isDue(play, now, periodMs)) setDue(play);
    };
    tick();
    const timer = setInterval(tick, TICK_MS);
    return () => clearInterval(timer);
  }, [playing, periodMs, due, covered, playerId]);
  if (!due || !playing) return null;
  const answer = () => {
    keepPlay(checkedAt(due, Date.now()));
    setDue(null);
  };
  return (
    <Suspense fallback={null}>
      <Summary
        onBreak={() => {
          answer();
          toLobby();
        }}
        onContinue={answer}
        play={due}
      />
    </Suspense>
  );
}
