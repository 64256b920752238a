/** From "nobody knows who you are" to the pages of a player. */

import { LocalizationProvider } from "@fluent/react";
import { api, call } from "@shared/api/client";
import { asApiError } from "@shared/api/errors";
import { start, useSession } from "@shared/api/session";
import { emptyWallet, takeAccounts } from "@shared/api/wallet";
import { asLanguage, switchLanguage, useTexts } from "@shared/i18n";
import { whenIdle } from "@shared/lib/idle";
import { destinationOf } from "@shared/tg/launch";
import type { Platform } from "@shared/tg/platform";
import { ToastHost } from "@shared/ui/toast";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense, useEffect } from "react";
import { Redirect, Route, Router, Switch } from "wouter";
import { Gate } from "../features/gate/gate";
import { Lobby } from "../features/lobby/lobby";
import { RealityCheck } from "../features/reality/check";
import { connectLive, useLive } from "./live";
import { useGo } from "./nav";
import { Notices } from "./notices";
import { PlatformContext, usePlatform } from "./platform";
import { useAskedProviders } from "./providers";
import { Boot, Broken, ErrorBoundary, PageSkeleton, Reopen, Unreachable } from "./screens";
import { preloadWallet, SheetHost } from "./sheets";
import { openSheet } from "./sheets-store";
import { Frame } from "./shell";

const load = {
  landing: () => import("../features/landing/landing"),
  search: () => import("../features/lobby/search"),
  dice: () => import("../games/dice/page"),
  provider: () => import("../features/provider-game/page"),
  tables: () => import("../features/tables/page"),
  history: () => import("../features/history/page"),
  profile: () => import("../features/profile/page"),
  fairness: () => import("../features/fairness/page"),
};

const Landing = lazy(() => load.landing().then((m) => ({ default: m.Landing })));
const Search = lazy(() => load.search().then((m) => ({ default: m.Search })));
const Dice = lazy(() => load.dice().then((m) => ({ default: m.DicePage })));
const ProviderGame = lazy(() => load.provider().then((m) => ({ default: m.ProviderGamePage })));
const Tables = lazy(() => load.tables().then((m) => ({ default: m.TablesPage })));
const History = lazy(() => load.history().then((m) => ({ default: m.HistoryPage })));
const Profile = lazy(() => load.profile().then((m) => ({ default: m.ProfilePage })));
const Fairness = lazy(() => load.fairness().then((m) => ({ default: m.FairnessPage })));

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // An answer is an answer; only silence is asked again.
      retry: (failures, error) => asApiError(error).unanswered && failures < 2,
    },
    mutations: { retry: false },
  },
});

/** Balances, the live line and the language of a player who is in. */
function useArrival(playerId: string): void {
  const platform = usePlatform();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another player means another start
  useEffect(() => {
    emptyWallet();
    void call(api.GET("/api/v1/wallet"))
      .then((wallet) => takeAccounts(wallet.accounts))
      .catch(() => {}); // the live line brings a snapshot anyway
    return connectLive(platform, queries);
  }, [platform, playerId]);
}

function usePlayersLanguage(language: string): void {
  useEffect(() => {
    const wanted = asLanguage(language);
    if (wanted && wanted !== useTexts.getState().language) void switchLanguage(wanted);
  }, [language]);
}

const followed = new WeakSet<Platform>();

/** A deep link opens its place once, over the lobby. */
function useDeepLink(): void {
  const platform = usePlatform();
  const go = useGo();
  useEffect(() => {
    const destination = destinationOf(platform.launch?.startParam ?? null);
    // Once per launch: the parameter stays in the launch data for good.
    if (!destination || followed.has(platform)) return;
    followed.add(platform);
    if (destination.to === "wallet") openSheet({ name: "wallet" });
    else go(destination.slug === "dice" ? "/dice" : `/play/${destination.slug}`);
  }, [platform, go]);
}

function WalletRoute() {
  useEffect(() => {
    openSheet({ name: "wallet" });
  }, []);
  return <Redirect replace to="/" />;
}

function Pages() {
  return (
    <Suspense fallback={<PageSkeleton />}>
      <Switch>
        <Route path="/" component={Lobby} />
        <Route path="/search" component={Search} />
        <Route path="/dice" component={Dice} />
        <Route path="/play/:id">{({ id }) => <ProviderGame id={id} key={id} />}</Route>
        <Route path="/tables/:id">{({ id }) => <Tables id={id} key={id} />}</Route>
        <Route path="/history" component={History} />
        <Route path="/profile" component={Profile} />
        <Route path="/fairness" component={Fairness} />
        <Route path="/wallet" component={WalletRoute} />
        <Route>
          <Redirect replace to="/" />
        </Route>
      </Switch>
    </Suspense>
  );
}

function House({ playerId, language }: { playerId: string; language: string }) {
  const platform = usePlatform();
  const go = useGo();
  useArrival(playerId);
  usePlayersLanguage(language);
  useDeepLink();
  useAskedProviders(useLive(({ status }) => status === "open"));
  useEffect(() => {
    platform.onSettings(() => go("/profile"));
    whenIdle(() => {
      preloadWallet();
      void load.dice();
    });
  }, [platform, go]);
  return (
    <Frame>
      <Pages />
      <SheetHost />
      <RealityCheck playerId={playerId} />
      <Notices />
    </Frame>
  );
}

function Door() {
  const platform = usePlatform();
  const { phase, player, failure } = useSession();
  switch (phase) {
    case "starting":
      return <Boot />;
    case "landing":
      return <Landing />;
    case "reopen":
      return <Reopen />;
    case "unreachable":
      return <Unreachable error={failure} onRetry={() => void start(platform)} />;
    case "in":
      if (!player) return <Boot />;
      if (!player.terms_accepted) return <Gate player={player} />;
      return <House language={player.language} playerId={player.id} />;
  }
}

function Texts({ children }: { children: ReactNode }) {
  const l10n = useTexts((state) => state.l10n);
  return <LocalizationProvider l10n={l10n}>{children}</LocalizationProvider>;
}

export function App({ platform }: { platform: Platform }) {
  useEffect(() => platform.ready(), [platform]);
  return (
    <PlatformContext value={platform}>
      <QueryClientProvider client={queries}>
        <Texts>
          <Router base="/app">
            <ErrorBoundary fallback={(reload) => <Broken onReload={reload} />}>
              <Suspense fallback={<Boot />}>
                <Door />
              </Suspense>
            </ErrorBoundary>
            <ToastHost />
          </Router>
        </Texts>
      </QueryClientProvider>
    </PlatformContext>
  );
}
