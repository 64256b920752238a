/** What the client handed over at launch. Parsed values are for display only, never trusted. */

export interface Launch {
  /** Raw init data, unchanged: the server checks a signature over it. */
  initData: string;
  /** Names this launch; a stored session belongs to one. */
  proof: string;
  version: string;
  client: string;
  startParam: string | null;
  languageCode: string | null;
  theme: Record<string, string>;
}

/** Reads raw launch parameters (`tgWebAppData=…&tgWebAppVersion=…`); null outside Telegram. */
export function readLaunch(raw: string): Launch | null {
  const params = new URLSearchParams(raw);
  const initData = params.get("tgWebAppData");
  if (!initData) return null;
  const init = new URLSearchParams(initData);
  return {
    initData,
    proof: init.get("hash") ?? initData.slice(0, 64),
    version: params.get("tgWebAppVersion") ?? "6.0",
    client: params.get("tgWebAppPlatform") ?? "unknown",
    startParam: init.get("start_param") ?? params.get("tgWebAppStartParam"),
    languageCode: languageOf(init.get("user")),
    theme: themeOf(params.get("tgWebAppThemeParams")),
  };
}

function languageOf(user: string | null): string | null {
  const code = (parse(user) as { language_code?: unknown } | null)?.language_code;
  return typeof code === "string" ? code : null;
}

function themeOf(text: string | null): Record<string, string> {
  const parsed = parse(text);
  if (parsed === null || typeof parsed !== "object") return {};
  return Object.fromEntries(Object.entries(parsed).filter(([, v]) => typeof v === "string"));
}

function parse(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Where a deep link leads: `d` deposit, `g_<slug>` a game; parts are joined with `__`. */
export type Destination = { to: "wallet" } | { to: "game"; slug: string };

export function destinationOf(startParam: string | null): Destination | null {
  for (const part of (startParam ?? "").split("__")) {
    if (part === "d") return { to: "wallet" };
    const slug = /^g_([A-Za-z0-9-]{1,64})$/.exec(part)?.[1];
    if (slug) return { to: "game", slug };
  }
  return null;
}
