import "@shared/storage"; // first: everything below may touch a storage
import "@shared/theme/tokens.css";
import { start } from "@shared/api/session";
import { guessLanguage, switchLanguage } from "@shared/i18n";
import { browserPlatform } from "@shared/tg/browser";
import { detectLaunch, telegramPlatform } from "@shared/tg/telegram";
import { applyEffects, paint, setTelegramColours, watchSystemScheme } from "@shared/theme/apply";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/app";

const RELOADED = "croupier:reloaded-at";
const RELOAD_PAUSE_MS = 60_000;

// A deploy replaced the chunk that this page wants: load the new page, once.
window.addEventListener("vite:preloadError", (event) => {
  const last = Number(sessionStorage.getItem(RELOADED) ?? 0);
  if (Date.now() - last < RELOAD_PAUSE_MS) return;
  sessionStorage.setItem(RELOADED, String(Date.now()));
  event.preventDefault();
  location.reload();
});

// There is none of ours; an old one from elsewhere on this host would serve stale pages.
void navigator.serviceWorker?.getRegistrations?.().then(
  (all) => {
    for (const registration of all) void registration.unregister();
  },
  () => {},
);

const launch = detectLaunch();
if (launch) setTelegramColours(launch.theme);
else paint();
applyEffects();
watchSystemScheme();

const platform = launch ? telegramPlatform(launch) : browserPlatform();
const texts = switchLanguage(guessLanguage(launch?.languageCode ?? null));
void start(platform);

const root = createRoot(document.getElementById("root") as HTMLElement);

function show(): void {
  root.render(
    <StrictMode>
      <App platform={platform} />
    </StrictMode>,
  );
}

// Texts first, or ids would flash; without them the app is still better than nothing.
void texts.then(show, show);
