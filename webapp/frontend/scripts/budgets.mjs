// Fails when a build is heavier than agreed (brotli, kB of 1,000). Usage: budgets.mjs FOLDER
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2] ?? "../static";
const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));

function transferred(file) {
  const path = join(folder, file);
  return statSync(existsSync(`${path}.br`) ? `${path}.br` : path).size;
}

/** Everything that a chunk pulls in before it runs. */
function closure(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key]?.imports ?? []) closure(next, seen);
  return seen;
}

function filesOf(keys) {
  const files = new Set();
  for (const key of keys) {
    const chunk = manifest[key];
    if (!chunk) throw new Error(`no chunk ${key} in the build`);
    files.add(chunk.file);
    for (const css of chunk.css ?? []) files.add(css);
  }
  return files;
}

const sum = (files, wanted = () => true) =>
  [...files].filter(wanted).reduce((total, file) => total + transferred(file), 0);

const first = closure("index.html");
closure("src/shared/storage.ts", first);
const base = filesOf(first);
const languages = ["src/shared/i18n/en.ts", "src/shared/i18n/ru.ts"];
// The dearest language: English, the fallback of the others, comes later in an idle moment.
const l10n = Math.max(...languages.map((key) => sum(filesOf([key]))));
const html = transferred("index.html");
const js = sum(base, (file) => file.endsWith(".js"));
const css = sum(base, (file) => file.endsWith(".css"));

/** What a lazy part adds to what is there already. */
function added(...keys) {
  const all = new Set();
  for (const key of keys) closure(key, all);
  return sum(filesOf([...all].filter((key) => !first.has(key))));
}

const rows = [
  ["first route, all transfers", html + js + css + l10n, 150],
  ["first route, JavaScript", js, 130],
  ["first route, CSS", css, 10],
  ["texts", l10n, 8],
  ["dice page", added("src/miniapp/games/dice/page.tsx"), 20],
  [
    "wallet sheet with drawer",
    added("src/shared/ui/sheet.tsx", "src/miniapp/features/wallet/wallet-sheet.tsx"),
    30,
  ],
  [
    "deposit by transfer, with QR",
    added("src/miniapp/features/wallet/transfer-pane.tsx", "src/miniapp/features/wallet/qr.tsx"),
    15,
  ],
  ["provider game page", added("src/miniapp/features/provider-game/page.tsx"), 10],
];

let over = 0;
for (const [name, bytes, budget] of rows) {
  const kb = bytes / 1000;
  if (kb > budget) over += 1;
  const mark = kb > budget ? "OVER" : "ok";
  process.stdout.write(
    `${mark.padEnd(5)}${name.padEnd(30)}${kb.toFixed(1).padStart(7)} of ${budget} kB\n`,
  );
}
process.exit(over ? 1 : 0);
