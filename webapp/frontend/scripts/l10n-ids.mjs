// Writes src/shared/i18n/ids.ts: the ids of our own two Fluent files, as a type.
// `--check` fails when the file is not what it should be.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const out = at("../src/shared/i18n/ids.ts");

export function renderIds() {
  const ids = ["webapp", "games"].flatMap((file) => {
    const text = readFileSync(at(`../../../locales/en/${file}.ftl`), "utf8");
    return [...text.matchAll(/^([a-z][a-z0-9-]*) =/gm)].map((match) => match[1]);
  });
  const lines = [...ids].sort().map((id) => `  | "${id}"`);
  return `// Written by scripts/l10n-ids.mjs from locales/en.\nexport type MessageId =\n${lines.join("\n")};\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes("--check")) {
    if (readFileSync(out, "utf8") !== renderIds()) {
      process.stderr.write("src/shared/i18n/ids.ts is stale: run node scripts/l10n-ids.mjs\n");
      process.exit(1);
    }
  } else {
    writeFileSync(out, renderIds());
  }
}
