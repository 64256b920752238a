/**
 * Where a provider's game returns to. Inside the game frame it tells the shell, whichever window
 * above it is ours; opened on its own it goes home.
 */

const query = new URLSearchParams(location.search);
const session = query.get("session");
const to = query.get("to") === "wallet" ? "wallet" : null;

if (window.parent === window) {
  location.replace(to ? "/app/wallet" : "/app/");
} else {
  const message = { type: "provider-exit", session, to };
  for (let above: Window = window; above !== above.parent; ) {
    above = above.parent;
    above.postMessage(message, location.origin);
  }
}
