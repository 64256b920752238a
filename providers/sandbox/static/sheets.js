// The two sheets: paytable with rules, and settings with the aggregator's manners.

import { lineColour, picture } from "/static/reels.js";

const SVG = "http://www.w3.org/2000/svg";

export function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function sheet(dialog, title, close, ...content) {
  const button = element("button", { type: "button", className: "icon", ariaLabel: close });
  const cross = document.createElementNS(SVG, "svg");
  cross.setAttribute("viewBox", "0 0 24 24");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", "M6 6l12 12M18 6L6 18");
  cross.append(path);
  button.append(cross);
  button.onclick = () => dialog.close();
  dialog.replaceChildren(element("header", {}, element("h2", { textContent: title }), button), ...content);
  dialog.onclick = (event) => {
    if (event.target === dialog) dialog.close(); // a tap beside the sheet
  };
  if (!dialog.open) dialog.showModal();
}

export function showInfo(dialog, game, text, stake, money) {
  const amount = (value) => money(value).replace(` ${game.currency}`, "");
  const perLine = stake / game.lines.length;
  const image = (symbol) => element("img", { src: picture(game, symbol), alt: game.names[symbol] });
  const cards = Object.entries(game.pays).map(([symbol, pays]) => {
    const rows = pays
      .map((pay, index) => [index + 1, pay])
      .filter(([, pay]) => pay)
      .reverse()
      .map(([count, pay]) => element("li", {}, element("span", { textContent: `${count}×` }), amount(pay * perLine)));
    return element("div", { className: "pay" }, image(symbol), element("ul", {}, ...rows));
  });
  const special = (symbol, words) =>
    element("div", { className: "pay wide" }, image(symbol), element("small", { textContent: words }));
  if (game.wild) cards.push(special(game.wild, text.wild(game.wild_factor)));
  if (game.scatter) {
    const count = game.scatter_pays.findIndex((pay) => pay) + 1;
    cards.push(special(game.scatter, text.scatter(count, game.scatter_pays[count - 1])));
  }
  sheet(
    dialog,
    game.title,
    text.close,
    element("h3", { textContent: text.paysFor(money(stake)) }),
    element("div", { className: "pays" }, ...cards),
    element("h3", { textContent: text.rtp }),
    element(
      "div",
      { className: "rtp" },
      element("strong", { textContent: `${game.rtp} %` }),
      element("p", { textContent: text.rtpNote(game.rtp_fraction) }),
      element("p", { textContent: text.volatility[game.volatility] }),
    ),
    element("h3", { textContent: text.paylines }),
    element("div", { className: "paylines" }, ...game.lines.map((rows, number) => miniature(rows, number))),
    element("h3"),
    element("p", { textContent: text.rules }),
    element("p", { textContent: text.about }),
  );
}

function miniature(rows, number) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", `0 0 ${rows.length * 8} 24`);
  for (let reel = 0; reel < rows.length; reel += 1) {
    for (let row = 0; row < 3; row += 1) {
      const cell = document.createElementNS(SVG, "rect");
      for (const [name, value] of Object.entries({ x: reel * 8 + 1, y: row * 8 + 1, width: 6, height: 6, rx: 1.5 })) {
        cell.setAttribute(name, value);
      }
      drawing.append(cell);
    }
  }
  const line = document.createElementNS(SVG, "polyline");
  line.setAttribute("points", rows.map((row, reel) => `${reel * 8 + 4},${row * 8 + 4}`).join(" "));
  line.setAttribute("stroke", lineColour(number));
  drawing.append(line);
  return drawing;
}

export function showSettings(dialog, game, table, text, choose) {
  const modes = game.modes.map((mode) => {
    const input = element("input", { type: "radio", name: "mode", value: mode, checked: mode === table.mode });
    input.onchange = () => choose(mode);
    const [title, note] = text.modes[mode];
    return element("label", {}, input, element("span", {}, title, element("small", { textContent: note })));
  });
  const lines = [...table.journal].reverse().map((line) => {
    const cells = [line.at, line.action, line.amount, line.answer];
    return element("tr", {}, ...cells.map((cell) => element("td", { textContent: cell })));
  });
  const content = game.demo
    ? [element("h3"), element("p", { textContent: text.about })]
    : [
        element("h3", { textContent: text.behaviour }),
        element("div", { className: "modes" }, ...modes),
        element("h3", { textContent: text.journal }),
        lines.length ? element("table", { className: "journal" }, ...lines) : element("p", { textContent: text.empty }),
      ];
  sheet(dialog, text.settings, text.close, ...content);
}
