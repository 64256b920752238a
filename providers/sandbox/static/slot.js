// One game: asks the aggregator for spins and shows what it decided. Nothing is decided here.

import { Reels, pause } from "/static/reels.js";
import { showInfo, showSettings } from "/static/sheets.js";
import { soundOn, sounds } from "/static/sound.js";
import { texts } from "/static/texts.js";

const BIG_WIN_STAKES = 10;
const POLL_MS = 8000;
const SETTLING_POLL_MS = 700;

const $ = (id) => document.getElementById(id);
const here = location.pathname.replace(/\/*$/, "/");
const token = here.split("/").at(-2);

class Gone extends Error {}

async function ask(path, body) {
  const options = body && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(path, { ...options, cache: "no-store" });
  if (response.status === 404) throw new Gone();
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return response.json();
}

let game;
let table;
let text;
let reels;
let stakeIndex = 0;
let spinning = false;

// Cut, never rounded up: nobody is shown money that is not there.
const money = (amount) => {
  const [whole, part = ""] = (typeof amount === "string" ? amount : amount.toFixed(9)).split(".");
  const places = game.currency === "FUN" ? 2 : whole === "0" ? 6 : 4;
  const digits = part.slice(0, places).replace(/0+$/, "").padEnd(2, "0");
  const point = (0.5).toLocaleString(game.language).charAt(1);
  return `${Number(whole).toLocaleString(game.language)}${point}${digits} ${game.currency}`;
};
const stake = () => game.stakes[stakeIndex];

function say(words, kind = "") {
  $("message").textContent = words;
  $("message").className = `message ${kind}`;
}

function paint() {
  $("balance").textContent = table.balance === null ? "—" : money(table.balance);
  $("stake").textContent = money(stake());
  $("less").disabled = spinning || stakeIndex === 0;
  $("more").disabled = spinning || stakeIndex === game.stakes.length - 1;
  $("spin").disabled = spinning;
  $("spin").classList.toggle("busy", spinning);
}

async function spin() {
  if (spinning) return;
  spinning = true;
  const staked = Number(stake());
  sounds.press();
  clearWin();
  say(text.spinning);
  const before = table.balance;
  paint();
  if (before !== null && Number(before) >= staked) $("balance").textContent = money(Number(before) - staked);
  reels.start();
  try {
    const answer = await ask("spin", { stake: stake() });
    table = answer;
    if (answer.result.stops) {
      await reels.stop(answer.result.stops, pressed("turbo"), sounds.land);
      await celebrate(answer.result, staked);
    } else {
      reels.abort();
      setPressed("auto", false);
      say(text[answer.result.state]);
    }
  } catch (error) {
    reels.abort();
    setPressed("auto", false);
    if (error instanceof Gone) return gone();
    say(text.trouble);
  }
  spinning = false;
  paint();
  if (table.settling) follow();
  if (pressed("auto")) {
    await pause(pressed("turbo") ? 250 : 700);
    if (pressed("auto")) spin();
  }
}

async function celebrate(result, staked) {
  const won = Number(result.win);
  if (!won) {
    say(text.nothing);
    return;
  }
  document.querySelector(".machine").classList.add("won");
  reels.highlight(result.wins);
  const big = won >= staked * BIG_WIN_STAKES;
  (big ? sounds.big : sounds.win)();
  if (big) showBig(won);
  $("win").classList.add("on");
  await countUp(won, big ? 1400 : 500);
  say(result.state === "settling" ? text.settling : text.won(money(won)), "win");
}

async function countUp(won, length) {
  const began = performance.now();
  for (let part = 0; part < 1; ) {
    part = Math.min(1, (performance.now() - began) / length);
    const amount = money(Math.floor(won * part * 100) / 100);
    $("win").textContent = amount;
    document.querySelector("#big span").textContent = amount;
    await new Promise(requestAnimationFrame);
  }
  $("win").textContent = money(won);
  document.querySelector("#big span").textContent = money(won);
}

function showBig() {
  const big = $("big");
  big.querySelector("strong").textContent = text.big;
  big.classList.add("on");
  setTimeout(() => big.classList.remove("on"), 2600);
  for (let index = 0; index < 26; index += 1) {
    const coin = document.createElement("i");
    coin.className = "coin";
    big.append(coin);
    const angle = (index / 26) * Math.PI * 2;
    const reach = 110 + (index % 5) * 26;
    coin.style.left = "calc(50% - 11px)";
    coin.style.top = "calc(50% - 11px)";
    coin
      .animate(
        [
          { transform: "translate(0, 0) scale(.3)", opacity: 1 },
          { transform: `translate(${Math.cos(angle) * reach}px, ${Math.sin(angle) * reach - 60}px) rotateY(540deg)`, opacity: 1, offset: 0.5 },
          { transform: `translate(${Math.cos(angle) * reach * 1.3}px, ${Math.sin(angle) * reach + 260}px) rotateY(1080deg)`, opacity: 0 },
        ],
        { duration: 1500 + (index % 7) * 90, easing: "cubic-bezier(.2,.7,.5,1)" },
      )
      .finished.finally(() => coin.remove());
  }
}

function clearWin() {
  document.querySelector(".machine").classList.remove("won");
  $("big").classList.remove("on");
  $("win").classList.remove("on");
  $("win").textContent = money(0);
  reels.clear();
}

// Follows a balance that the casino has not confirmed yet.
async function follow() {
  while (table.settling && !spinning) {
    await pause(SETTLING_POLL_MS);
    await refresh();
  }
}

async function refresh() {
  try {
    const state = await ask("state");
    if (spinning) return;
    table = state;
    paint();
  } catch (error) {
    if (error instanceof Gone) gone();
  }
}

function gone() {
  $("game").hidden = true;
  const trouble = $("trouble");
  trouble.hidden = false;
  trouble.querySelector("h1").textContent = (text ?? texts(navigator.language)).goneTitle;
  trouble.querySelector("p").textContent = (text ?? texts(navigator.language)).gone;
}

const pressed = (id) => $(id).getAttribute("aria-pressed") === "true";
const setPressed = (id, on) => $(id).setAttribute("aria-pressed", String(on));

function fit() {
  const machine = document.querySelector(".machine");
  const others = [...$("game").children].filter((child) => child !== machine);
  const least = (child) => (child.id === "title" ? Number.parseFloat(getComputedStyle(child).minHeight) : child.offsetHeight);
  const height = $("game").clientHeight - others.reduce((sum, child) => sum + least(child), 0);
  reels.fit($("game").clientWidth - 16, height);
}

async function choose(mode) {
  table = await ask("/sandbox/chaos", { session: token, mode });
}

function label() {
  document.documentElement.lang = text === texts("ru") ? "ru" : "en";
  document.title = game.title;
  for (const id of ["exit", "info", "settings", "sound", "turbo", "auto", "spin", "less", "more"]) {
    $(id).ariaLabel = text[id];
  }
  for (const id of ["balance", "win", "stake"]) $(`${id}-label`).textContent = text[id];
  $("title").textContent = game.title;
  $("reels").ariaLabel = game.title;
  $("badge").textContent = text.demo;
  $("badge").hidden = !game.demo;
  $("fine").textContent = `RTP ${game.rtp} % · ${text.volatility[game.volatility]}`;
  $("exit").hidden = !game.return_url;
  $("win").textContent = money(0);
}

function listen() {
  $("spin").onclick = spin;
  $("exit").onclick = () => location.assign(game.return_url);
  $("less").onclick = () => step(-1);
  $("more").onclick = () => step(1);
  $("turbo").onclick = () => setPressed("turbo", !pressed("turbo"));
  $("auto").onclick = () => {
    setPressed("auto", !pressed("auto"));
    if (pressed("auto")) spin();
  };
  $("sound").onclick = () => {
    setPressed("sound", !pressed("sound"));
    soundOn(pressed("sound"));
  };
  $("info").onclick = () => showInfo($("info-sheet"), game, text, Number(stake()), money);
  $("settings").onclick = async () => {
    await refresh();
    showSettings($("settings-sheet"), game, table, text, choose);
  };
  document.onkeydown = (event) => {
    if (event.code !== "Space" || event.repeat || event.target !== document.body) return;
    event.preventDefault();
    spin();
  };
  document.onvisibilitychange = () => {
    if (document.hidden) setPressed("auto", false);
  };
  window.onresize = fit;
  setInterval(() => {
    if (!spinning && !game.demo && !document.hidden) refresh();
  }, POLL_MS);
}

function step(by) {
  stakeIndex = Math.min(game.stakes.length - 1, Math.max(0, stakeIndex + by));
  paint();
}

async function open() {
  game = table = await ask("game");
  text = texts(game.language);
  document.body.dataset.theme = game.theme;
  stakeIndex = Math.min(1, game.stakes.length - 1);
  reels = new Reels($("reels"), $("lines"), game);
  label();
  $("game").hidden = false;
  fit();
  if (table.last?.stops) reels.show(table.last.stops);
  say(text.ready);
  listen();
  paint();
  if (table.settling) follow();
}

open().catch((error) => {
  gone();
  if (!(error instanceof Gone)) throw error;
});
