/** What a game's frame may do: the same for all, and what its provider asks for beyond that. */

const ALLOW = [
  "autoplay",
  "fullscreen",
  "screen-wake-lock",
  "encrypted-media",
  "clipboard-write",
  "gyroscope",
  "accelerometer",
];
const SANDBOX = [
  "allow-scripts",
  "allow-same-origin",
  "allow-forms",
  "allow-popups",
  "allow-popups-to-escape-sandbox",
  "allow-modals",
  "allow-orientation-lock",
  "allow-pointer-lock",
  "allow-storage-access-by-user-activation",
];
const WORD = /^[a-z][a-z-]*$/;

export function allowOf(more: readonly string[] = []): string {
  return [...new Set([...ALLOW, ...more.filter((word) => WORD.test(word))])].join("; ");
}

/** Never allow-top-navigation, whoever asks: a game must not take the player away. */
export function sandboxOf(more: readonly string[] = []): string {
  const wanted = more.filter(
    (word) => WORD.test(word) && !word.startsWith("allow-top-navigation"),
  );
  return [...new Set([...SANDBOX, ...wanted])].join(" ");
}
