// The reels: strips of pictures that run, and land where the aggregator decided.

const ROWS = 3;
const LINE_COLOURS = ["#ffe14a", "#ff5d73", "#4ae0ff", "#7dff6b", "#ff8be0", "#ffa04a", "#a78bff", "#5affc8", "#ffffff", "#ff4a4a"];
const still = matchMedia("(prefers-reduced-motion: reduce)");

export const lineColour = (number) => LINE_COLOURS[number % LINE_COLOURS.length];
export const picture = (game, symbol) => `/static/symbols/${game.names[symbol]}.svg`;
const at = (strip, index) => strip[((index % strip.length) + strip.length) % strip.length];

export class Reels {
  constructor(root, lines, game) {
    this.root = root;
    this.lines = lines;
    this.game = game;
    this.stops = game.reels.map((strip, index) => (index * 3) % strip.length);
    this.strips = game.reels.map(() => {
      const reel = document.createElement("div");
      reel.className = "reel";
      const strip = document.createElement("div");
      strip.className = "strip";
      reel.append(strip);
      root.append(reel);
      return strip;
    });
    this.show(this.stops);
  }

  // Sizes the cells so that the machine fills the width, and the height that is left.
  fit(width, height) {
    const reels = this.strips.length;
    const cell = Math.floor(Math.min((width - 24) / reels - 3, 118));
    const row = Math.floor(Math.min(cell * (reels > 3 ? 1.45 : 1.02), (height - 30) / ROWS));
    this.root.style.setProperty("--cell", `${cell}px`);
    this.root.style.setProperty("--row", `${row}px`);
    this.cell = cell;
    this.row = row;
    this.drawLines();
  }

  show(stops) {
    this.stops = stops;
    stops.forEach((stop, reel) => this.fill(reel, this.window(reel, stop)));
  }

  window(reel, stop) {
    return Array.from({ length: ROWS }, (_, row) => at(this.game.reels[reel], stop + row));
  }

  fill(reel, symbols) {
    this.strips[reel].replaceChildren(
      ...symbols.map((symbol) => {
        const cell = document.createElement("div");
        cell.className = "symbol";
        const image = document.createElement("img");
        image.src = picture(this.game, symbol);
        image.alt = "";
        cell.append(image);
        return cell;
      }),
    );
  }

  start() {
    this.clear();
    if (still.matches) return;
    this.running = this.strips.map((strip, reel) => {
      const letters = [...this.game.reels[reel]];
      const first = this.stops[reel];
      // One whole turn, and the window again below it, so that the loop has no seam.
      const turn = letters.map((_, index) => at(letters, first - letters.length + index));
      this.fill(reel, [...turn, ...this.window(reel, first)]);
      strip.classList.add("fast");
      const height = letters.length * this.row;
      return strip.animate([{ transform: `translateY(${-height}px)` }, { transform: "translateY(0)" }], {
        duration: letters.length * 45,
        iterations: Number.POSITIVE_INFINITY,
        delay: reel * 40,
        fill: "backwards",
      });
    });
  }

  // Lands reel after reel; `landed` is told of each.
  async stop(stops, turbo, landed) {
    if (still.matches || !this.running) {
      this.show(stops);
      return;
    }
    const before = turbo ? 120 : 420;
    const apart = turbo ? 40 : 190;
    await Promise.all(
      stops.map(async (stop, reel) => {
        await pause(before + reel * apart);
        this.running[reel].cancel();
        const lead = 6;
        const run = Array.from({ length: lead }, (_, index) => at(this.game.reels[reel], stop + ROWS + index));
        this.fill(reel, [...this.window(reel, stop), ...run]);
        const strip = this.strips[reel];
        strip.classList.remove("fast");
        await strip.animate(
          [
            { transform: `translateY(${-lead * this.row}px)`, easing: "cubic-bezier(.2,.5,.5,1)" },
            { transform: `translateY(${this.row * 0.14}px)`, offset: 0.78, easing: "ease-out" },
            { transform: "translateY(0)" },
          ],
          { duration: turbo ? 220 : 420 },
        ).finished;
        this.fill(reel, this.window(reel, stop));
        landed(reel);
      }),
    );
    this.running = null;
    this.stops = stops;
  }

  // Gives the reels back as they were, when there is no outcome.
  abort() {
    for (const animation of this.running ?? []) animation.cancel();
    for (const strip of this.strips) strip.classList.remove("fast");
    this.running = null;
    this.show(this.stops);
  }

  highlight(wins) {
    for (const win of wins) {
      this.cellsOf(win).forEach(([reel, row]) => this.strips[reel].children[row].classList.add("hit"));
      if (win.line !== null) this.lines.children[win.line].classList.add("on");
    }
  }

  cellsOf(win) {
    if (win.line !== null) {
      return this.game.lines[win.line].slice(0, win.count).map((row, reel) => [reel, row]);
    }
    return this.stops.flatMap((stop, reel) =>
      this.window(reel, stop).flatMap((symbol, row) => (symbol === win.symbol ? [[reel, row]] : [])),
    );
  }

  clear() {
    for (const cell of this.root.querySelectorAll(".hit")) cell.classList.remove("hit");
    for (const line of this.lines.children) line.classList.remove("on");
  }

  drawLines() {
    const gap = 3;
    const width = this.strips.length * (this.cell + gap) + gap;
    this.lines.setAttribute("viewBox", `0 0 ${width} ${this.row * ROWS + gap * 2}`);
    this.lines.replaceChildren(
      ...this.game.lines.map((rows, number) => {
        const line = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
        const shift = (number - this.game.lines.length / 2) * 1.5; // apart where lines share a cell
        const points = rows.map((row, reel) => {
          const x = gap + reel * (this.cell + gap) + this.cell / 2;
          return `${x},${gap + row * this.row + this.row / 2 + shift}`;
        });
        line.setAttribute("points", points.join(" "));
        line.setAttribute("stroke", lineColour(number));
        return line;
      }),
    );
  }
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
