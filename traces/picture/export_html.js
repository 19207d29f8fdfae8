/*
 * The moving timeline of `wakegap export --format html`. Draws what svg.c draws, by the same rule:
 * each pixel shows the worst state that touches it, so no zoom hides a wasted interval.
 * Without it the page still has its picture, figures and tables.
 */
(function () {
"use strict";
const root = document.documentElement;
addEventListener("error", (e) => { root.dataset.error = e.message; });

const data = JSON.parse(document.getElementById("data").textContent);
const stage = document.getElementById("stage"), tools = document.getElementById("tools");
const status = document.getElementById("status");
const ASLEEP = 0, WASTED = 1, AWAKE = 2, WORKING = 3, LOST = 4;
const WORDS = ["asleep, nothing ready", "wasted: asleep with a result ready", "awake",
	"working", "events lost", "asleep: descriptors", "asleep: condition", "asleep: lock",
	"asleep: sleep", "asleep: else"];
/* How a thread sleeps, from state 5 on: class and height. */
const SLEEPS = [["s", 2], ["ic", 4], ["il", 6], ["is", 3], ["io", 1]];
const LOOP_H = 22, WORKER_H = 12, LOOP_GAP = 7, WORK_GAP = 5, HEAD_H = 30, AXIS_H = 34,
	PANE_GAP = 14, MARGIN = 20, CHAR = 7, STEPS = 8, HAND_OVERS = 80;
const SUBMIT = 4, START = 5, DONE = 6, NOTIFY = 7, WAKE = 8, DELIVER = 9; /* in a row of ops */
const whole = { from: data.from, to: data.to };
let view = { from: whole.from, to: whole.to }, hover = null;

/* ---- the data, unpacked ---- */

for (const trace of data.traces) {
	for (const lane of trace.lanes) {
		const n = lane.begin.length, own = lane.op || lane.part;
		const begin = new Float64Array(n), end = new Float64Array(n);
		let before = 0, k = 0;
		lane.extra = new Array(n).fill(null);
		for (let i = 0; i < n; i++) {
			const state = +lane.state[i];
			begin[i] = before + lane.begin[i];
			before = end[i] = begin[i] + lane.length[i];
			if (lane.part || state === WASTED || state === WORKING) lane.extra[i] = own[k++];
		}
		lane.isLow = lane.worker || lane.thread;
		lane.begin = begin;
		lane.end = end;
		lane.trace = trace;
	}
	trace.byOp = new Map((trace.ops || []).map((op) => [String(op[0]), op]));
}
/* Workers without room are left out as in the picture; loops never are. */
for (const trace of data.traces) {
	let workers = 0;
	trace.shown = trace.lanes.filter((lane) => !lane.isLow || workers++ < 24);
	trace.hidden = trace.lanes.length - trace.shown.length;
}

/* ---- times in words ---- */

function three(v) {
	return v.toFixed(v < 9.995 ? 2 : v < 99.95 ? 1 : 0);
}

function time(ns) {
	const v = Math.abs(ns), sign = ns < 0 ? "-" : "";
	if (v < 999.5) return sign + v.toFixed(0) + " ns";
	if (v < 999.5e3) return sign + three(v / 1e3) + " us";
	if (v < 999.5e6) return sign + three(v / 1e6) + " ms";
	return sign + three(v / 1e9) + " s";
}

function ticks(scale) {
	const most = Math.max(Math.abs(view.from), Math.abs(view.to));
	const unit = most >= 1e9 ? [1e9, "s", 9] : most >= 1e6 ? [1e6, "ms", 6]
		: most >= 1e3 ? [1e3, "us", 3] : [1, "ns", 0];
	for (let power = 1; ; power *= 10) {
		for (const nice of [1, 2, 5]) {
			const tick = nice * power;
			let digits = unit[2];
			for (let t = tick; digits > 0 && t % 10 === 0; t /= 10) digits--;
			const label = (t) => t === 0 ? "0" : (t / unit[0]).toFixed(digits) + " " + unit[1];
			const room = (Math.max(label(view.to).length, label(-Math.abs(view.from)).length) + 2) * CHAR;
			if (tick / scale.step >= room) return { tick, label };
		}
	}
}

/* ---- a lane cut into columns ---- */

function first(lane, t) {
	let lo = 0, hi = lane.end.length;
	while (lo < hi) {
		const mid = (lo + hi) >> 1;
		if (lane.end[mid] > t) hi = mid; else lo = mid + 1;
	}
	return lo;
}

function columns(lane, scale) {
	const ns = WORDS.map(() => new Float64Array(scale.cols));
	const add = (begin, end, state, share) => {
		const a = Math.max(0, Math.floor((begin - view.from) / scale.step));
		const b = Math.min(scale.cols - 1, Math.ceil((end - view.from) / scale.step) - 1);
		for (let c = a; c <= Math.max(a, b) && c < scale.cols; c++) {
			const left = view.from + c * scale.step;
			const part = Math.min(end, left + scale.step) - Math.max(begin, left);
			ns[state][c] += Math.max(part * share, Number.MIN_VALUE);
		}
	};
	for (let i = first(lane, view.from); i < lane.begin.length && lane.begin[i] < view.to; i++) {
		const state = +lane.state[i], length = lane.end[i] - lane.begin[i];
		add(lane.begin[i], lane.end[i], state, lane.trace.merged ? Math.min(1, lane.extra[i] / length) : 1);
	}
	for (const [begin, end] of lane.trace.holes) {
		if (end >= view.from && begin < view.to) add(begin, Math.max(end, begin + 1), LOST, 1);
	}
	return ns;
}

/* What a thread did for most of a column: awake, or asleep in one way. */
function most(ns, c, step) {
	let best = ns[AWAKE][c] > 0 ? ns[AWAKE][c] * 2 >= step ? "a" : "a2" : "", ms = ns[AWAKE][c];
	SLEEPS.forEach((sleep, k) => {
		if (ns[5 + k][c] > ms) { ms = ns[5 + k][c]; best = "t" + k; }
	});
	return best;
}

/* Path data by class for one lane at y. */
function shapes(lane, scale, y) {
	const h = lane.isLow ? WORKER_H : LOOP_H, ns = columns(lane, scale), out = {};
	const empty = new Set();
	const put = (cls, from, to, dy, height) => {
		out[cls] = (out[cls] || "") + "M" + (scale.x + from) + " " + (y + dy) + "h" +
			(to - from) + "v" + height + "h" + (from - to) + "z";
	};
	for (const t of lane.empty) {
		const c = Math.floor((t - view.from) / scale.step);
		if (c >= 0 && c < scale.cols) empty.add(c);
	}
	let start = 0, key = "";
	for (let c = 0; c <= scale.cols; c++) {
		let now = "";
		if (c < scale.cols) {
			if (ns[WASTED][c] > 0)
				now = "w" + Math.min(STEPS - 1, Math.floor(ns[WASTED][c] / scale.step * STEPS)) +
					(ns[AWAKE][c] * 2 >= scale.step ? "a" : ns[ASLEEP][c] > 0 ? "s" : "");
			else if (ns[WORKING][c] > 0) now = ns[WORKING][c] * 2 >= scale.step ? "k" : "k2";
			else if (ns[LOST][c] > 0) now = "l";
			else if (empty.has(c)) now = "e";
			else if (lane.thread) now = most(ns, c, scale.step);
			else if (ns[AWAKE][c] > 0) now = ns[AWAKE][c] * 2 >= scale.step ? "a" : "a2";
			else if (ns[ASLEEP][c] > 0) now = "s";
		}
		if (now === key) continue;
		if (key[0] === "w") {
			const height = Math.ceil(h * (+key[1] + 1) / STEPS);
			/* Low enough to show what the rest of the time was. */
			if (+key[1] <= 2 && key[2] === "a") put("a", start, c, (h - (h / 4 | 0)) / 2 | 0, h / 4 | 0);
			if (+key[1] <= 2 && key[2] === "s") put("s", start, c, h / 2 - 1, 2);
			put("w", start, c, h - height, height);
		} else if (key === "k" || key === "k2") put(key === "k" ? "k" : "k k2", start, c, 0, h);
		else if (key === "l") put("l", start, c, 0, h);
		else if (key === "a") put("a", start, c, h / 4 + 1 | 0, h / 2 | 0);
		else if (key === "a2") put("a", start, c, (h - (h / 4 | 0)) / 2 | 0, h / 4 | 0);
		else if (key === "s") put("s", start, c, h / 2 - 1, 2);
		else if (key[0] === "t") put(SLEEPS[key[1]][0], start, c, (h - SLEEPS[key[1]][1]) / 2 | 0, SLEEPS[key[1]][1]);
		else if (key === "e") {
			for (let x = start; x < c; x += 8)
				out.e = (out.e || "") + "M" + (scale.x + x - 3) + " " + (y + h / 2) +
					"a3 3 0 1 0 6 0a3 3 0 1 0 -6 0";
		}
		start = c;
		key = now;
	}
	return out;
}

/* ---- drawing ---- */

const NS = "http://www.w3.org/2000/svg";
function make(name, attributes, parent, text) {
	const node = document.createElementNS(NS, name);
	for (const key in attributes) node.setAttribute(key, attributes[key]);
	if (text !== undefined) node.textContent = text;
	if (parent) parent.appendChild(node);
	return node;
}

const live = make("svg", { id: "live", tabindex: "0", role: "application",
	"aria-label": "Timeline. Arrows move, plus and minus zoom, n and p go to the next and previous wasted interval, l to the longest, 0 shows all." });
const tip = document.createElement("div");
let scale = null, rows = [];

function layout(width) {
	let name = 9;
	for (const trace of data.traces)
		for (const lane of trace.shown) name = Math.max(name, Math.min(24, lettersOf(lane.name)));
	const x = Math.min(MARGIN + name * CHAR + 12, Math.floor(width / 3));
	const cols = Math.max(60, Math.floor(width) - 4 - x);
	return { x, cols, width: x + cols + 4, from: view.from, step: (view.to - view.from) / cols, chars: Math.floor((x - MARGIN) / CHAR) };
}

const xOf = (t) => scale.x + (t - scale.from) / scale.step;
/* As traces/base/columns.h: Chinese, Japanese and Korean take two, accents of their own none. */
const WIDE = /[\u2e80-\u303e\u3041-\u4dbf\u4e00-\ua4c6\uac00-\ud7a3\uf900-\ufa6d\uff01-\uff60\uffe0-\uffe6\u{1f600}-\u{1f64f}\u{20000}-\u{2a6dd}]/u;
const lettersOf = (text) => {
	let n = 0;
	for (const c of text) n += WIDE.test(c) ? 2 : n && /\p{M}/u.test(c) ? 0 : 1;
	return n;
};
const clipped = (text, n) => {
	let some = "";
	if (lettersOf(text) <= n) return text;
	for (const c of text) {
		if (lettersOf(some + c) > n - 1) break;
		some += c;
	}
	return some + "\u2026";
};

function drawAxis(svg, bottom) {
	const { tick, label } = ticks(scale);
	let free = scale.x - CHAR;
	for (let k = Math.ceil(view.from / tick); k * tick < view.to; k++) {
		const x = Math.floor(xOf(k * tick)), text = label(k * tick), half = text.length * CHAR / 2;
		let d = "M" + (x + 0.5) + " 22v5";
		for (const pane of bottom) d += "M" + (x + 0.5) + " " + pane[0] + "V" + pane[1];
		make("path", { class: "x", d }, svg);
		if (x - half < free || x + half > scale.width) continue;
		make("text", { class: "m t", x, y: 16 }, svg, text);
		free = x + half + CHAR;
	}
	make("text", { class: "d", x: 0, y: 16 }, svg, "time");
}

function drawLane(svg, lane, y) {
	const h = lane.isLow ? WORKER_H : LOOP_H, group = make("g", { class: "lane" }, svg);
	const from = Math.max(scale.x, xOf(lane.trace.begin)), to = Math.min(scale.x + scale.cols, xOf(lane.trace.end));
	make("text", { class: lane.worker ? "n d" : "n", x: lane.worker ? 10 : 0, y: y + h / 2 + 4 }, group,
		clipped(lane.name, scale.chars));
	if (to > from)
		make("rect", { class: lane.worker ? "i" : "g", x: Math.floor(from), y: lane.worker ? y + h / 2 : y,
			width: Math.ceil(to - from), height: lane.worker ? 1 : h }, group);
	const paths = shapes(lane, scale, y);
	for (const cls of ["s", "ic", "il", "is", "io", "a", "k", "k k2", "l", "e", "w"])
		if (paths[cls]) make("path", { class: cls, d: paths[cls] }, group);
	rows.push({ lane, y, h });
}

/* Who handed what to whom, once there is room to see it. */
function drawHandOvers(svg, trace, at) {
	const ops = (trace.ops || []).filter((op) =>
		op[SUBMIT] < view.to && (op[DELIVER] ?? op[WAKE] ?? trace.end) > view.from);
	if (ops.length > HAND_OVERS) return;
	let hand = "", notify = "", dots = "";
	for (const op of ops) {
		const loop = at.get(trace.lanes[op[2]]), worker = at.get(trace.lanes[op[3]]);
		if (!loop) continue;
		const low = loop.y + loop.h, inside = (t) => t !== null && t >= view.from && t < view.to;
		if (worker && inside(op[SUBMIT]) && op[START] !== null)
			hand += "M" + xOf(op[SUBMIT]).toFixed(1) + " " + low + "L" + xOf(op[START]).toFixed(1) + " " + worker.y;
		if (!inside(op[DONE])) continue;
		const x = xOf(op[DONE]).toFixed(1), y = worker ? worker.y : low + 6;
		dots += "M" + (x - 2.5) + " " + y + "a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0 -5 0";
		if (op[NOTIFY] !== null && op[WAKE] !== null)
			notify += "M" + x + " " + y + "L" + xOf(op[WAKE]).toFixed(1) + " " + low;
	}
	if (hand) make("path", { class: "hand", d: hand }, svg);
	if (notify) make("path", { class: "notify", d: notify }, svg);
	if (dots) make("path", { class: "dot", d: dots }, svg);
}

function headline(index) {
	const still = document.querySelectorAll("#still .h");
	return index < still.length ? still[index].textContent : "";
}
const headlines = data.traces.map((trace, i) => headline(i));

function draw(width) {
	scale = layout(width);
	rows = [];
	live.textContent = "";
	let y = AXIS_H;
	const bottoms = data.traces.map((trace) => {
		const top = y + HEAD_H - 4;
		y += HEAD_H + PANE_GAP + (trace.hidden ? WORKER_H + WORK_GAP : 0);
		for (const lane of trace.shown) y += lane.isLow ? WORKER_H + WORK_GAP : LOOP_H + LOOP_GAP;
		return [top, y - PANE_GAP];
	});
	live.setAttribute("viewBox", "0 0 " + scale.width + " " + y);
	drawAxis(live, bottoms);
	data.traces.forEach((trace, i) => {
		const at = new Map();
		y = bottoms[i][0] - HEAD_H + 4;
		make("path", { class: "r", d: "M0 " + (y + 2) + "H" + scale.width }, live);
		const head = make("text", { x: 0, y: y + 20 }, live);
		make("tspan", { class: "b" }, head, trace.tag + " " + clipped(trace.name, 24));
		make("tspan", { class: "h", dx: "12" }, head, scale.width > 560 ? headlines[i] : headlines[i].split(",")[0]);
		y += HEAD_H;
		for (const lane of trace.shown) {
			drawLane(live, lane, y);
			at.set(lane, { y, h: lane.isLow ? WORKER_H : LOOP_H });
			y += lane.isLow ? WORKER_H + WORK_GAP : LOOP_H + LOOP_GAP;
		}
		const end = xOf(trace.end) + 8, text = "ends at " + time(trace.end);
		if (trace.end < view.from) make("text", { class: "d", x: scale.x + 8, y: bottoms[i][0] + 19 }, live, "\u25c2 " + text);
		else if (trace.end < view.to && end + text.length * CHAR < scale.width)
			make("text", { class: "d", x: end, y: bottoms[i][0] + 19 }, live, text);
		if (trace.hidden)
			make("text", { class: "d", x: 10, y: y + 10 }, live, "+" + trace.hidden + (trace.lanes.some((lane) => lane.thread) ? " threads" : " workers") + " not drawn");
		drawHandOvers(live, trace, at);
	});
	cross = make("path", { class: "cross", d: "" }, live);
	root.dataset.lanes = rows.length;
	root.dataset.wasted = live.querySelectorAll("path.w").length;
}
let cross = null, pending = false;

function redraw() {
	if (pending) return;
	pending = true;
	requestAnimationFrame(() => { pending = false; draw(stage.clientWidth); });
}

/* ---- moving ---- */

function say(text) {
	root.dataset.from = view.from;
	root.dataset.to = view.to;
	status.textContent = text || "Showing " + time(view.to - view.from) + ", from " + time(view.from) + " to " + time(view.to) + ".";
}

function show(from, to, words) {
	const most = whole.to - whole.from, length = Math.min(most, Math.max(20, to - from));
	from = Math.min(Math.max(from, whole.from), whole.to - length);
	view = { from, to: from + length };
	hide();
	redraw();
	say(words);
}

function zoom(factor, at) {
	const t = at === undefined ? (view.from + view.to) / 2 : at;
	show(t - (t - view.from) * factor, t + (view.to - t) * factor);
}

function pan(part) {
	const by = (view.to - view.from) * part;
	show(view.from + by, view.to + by);
}

/* Every wasted interval of all loops, in order of time. */
const waste = [];
for (const trace of data.traces)
	for (const lane of trace.lanes)
		for (let i = 0; i < lane.begin.length; i++)
			if (+lane.state[i] === WASTED) waste.push({ lane, i, begin: lane.begin[i], end: lane.end[i] });
waste.sort((a, b) => a.begin - b.begin);
let chosen = -1;

function go(k) {
	if (!waste.length) { say("No wasted interval."); return; }
	chosen = (k + waste.length) % waste.length;
	const gap = waste[chosen], length = gap.end - gap.begin;
	show(gap.begin - length * 0.4, gap.end + length * 0.4,
		"Wasted interval " + (chosen + 1) + " of " + waste.length + ": " + describe(gap.lane, gap.i).join("; "));
}

function longest() {
	let best = 0;
	waste.forEach((gap, k) => { if (gap.end - gap.begin > waste[best].end - waste[best].begin) best = k; });
	go(best);
}

/* ---- what is under the pointer ---- */

function describe(lane, i) {
	const trace = lane.trace, lines = [trace.tag + " " + lane.name];
	const state = +lane.state[i], length = lane.end[i] - lane.begin[i];
	if (lane.thread && state === WASTED) lines.push("notified, but not awake yet");
	if (trace.merged)
		lines.push(WORDS[state] + ": " + time(lane.extra[i]) + " of " + time(length) + ", from " + time(lane.begin[i]));
	else
		lines.push(WORDS[state] + " for " + time(length) + ", from " + time(lane.begin[i]));
	const op = lane.extra[i] !== null && !trace.merged ? trace.byOp.get(String(lane.extra[i])) : null;
	if (op) {
		lines.push("operation " + op[0] + ", " + op[1]);
		const part = (name, a, b) => { if (a !== null && b !== null && b > a) lines.push(name + " " + time(b - a)); };
		part("queued", op[SUBMIT], op[START]);
		part("in service", op[START], op[DONE]);
		part("ready, until the loop woke", op[DONE], op[WAKE] ?? op[DELIVER]);
		part("woken, until delivered", op[WAKE], op[DELIVER]);
		if (op[DONE] !== null && op[NOTIFY] === null) lines.push("no notify for it");
	} else if (!trace.merged && lane.extra[i] !== null && !lane.thread) {
		lines.push("operation " + lane.extra[i]);
	}
	return lines;
}

function hide() {
	tip.hidden = true;
	if (cross) cross.setAttribute("d", "");
}

function point(event) {
	const box = live.getBoundingClientRect(), ratio = scale.width / box.width;
	const x = (event.clientX - box.left) * ratio, y = (event.clientY - box.top) * ratio;
	return { x, y, t: scale.from + (x - scale.x) * scale.step }; /* as drawn: view may be ahead */
}

function hoverAt(event) {
	const p = point(event);
	if (p.x < scale.x || p.x > scale.x + scale.cols) { hide(); return; }
	cross.setAttribute("d", "M" + p.x + " 22V" + live.viewBox.baseVal.height);
	const row = rows.find((r) => p.y >= r.y - 3 && p.y < r.y + r.h + 3);
	let lines = [time(p.t)];
	if (row) {
		/* The worst within two pixels: a sliver can be pointed at. */
		const lane = row.lane, near = 2 * scale.step;
		let best = -1;
		for (let i = first(lane, p.t - near), n = 0; i < lane.begin.length && lane.begin[i] < p.t + near && n < 2000; i++, n++) {
			const exact = lane.begin[i] <= p.t && lane.end[i] > p.t;
			if (best < 0 || +lane.state[i] === WASTED && +lane.state[best] !== WASTED ||
				exact && +lane.state[best] !== WASTED) best = i;
		}
		if (best >= 0) lines = describe(lane, best);
		else if (p.t >= lane.trace.begin && p.t < lane.trace.end && lane.worker) lines = [lane.trace.tag + " " + lane.name, "idle at " + time(p.t)];
	}
	tip.textContent = "";
	lines.forEach((line, i) => {
		const node = document.createElement(i ? "span" : "b");
		node.textContent = line;
		tip.appendChild(node);
	});
	tip.hidden = false;
	const box = stage.getBoundingClientRect();
	const left = event.clientX - box.left, top = event.clientY - box.top;
	tip.style.left = Math.max(0, Math.min(left + 14, box.width - tip.offsetWidth - 4)) + "px";
	tip.style.top = Math.max(0, Math.min(top + 18, box.height - tip.offsetHeight - 4)) + "px";
	if (left + 14 > box.width - tip.offsetWidth - 4) tip.style.left = Math.max(0, left - tip.offsetWidth - 14) + "px";
}

/* ---- hands on ---- */

let drag = null;
live.addEventListener("wheel", (e) => {
	e.preventDefault();
	if (Math.abs(e.deltaX) > Math.abs(e.deltaY)) pan(Math.sign(e.deltaX) * 0.05);
	else zoom(e.deltaY > 0 ? 1.25 : 0.8, Math.max(view.from, point(e).t));
}, { passive: false });
live.addEventListener("pointerdown", (e) => {
	if (e.button) return;
	drag = { x: point(e).x, from: view.from, step: scale.step };
	live.setPointerCapture(e.pointerId);
	live.classList.add("dragging");
});
live.addEventListener("pointermove", (e) => {
	if (!drag) { hoverAt(e); return; }
	const from = drag.from - (point(e).x - drag.x) * drag.step;
	show(from, from + view.to - view.from);
});
const drop = () => { drag = null; live.classList.remove("dragging"); };
live.addEventListener("pointerup", drop);
live.addEventListener("pointercancel", drop);
live.addEventListener("pointerleave", hide);
live.addEventListener("dblclick", (e) => zoom(0.25, point(e).t));

const KEYS = {
	"+": () => zoom(0.5), "=": () => zoom(0.5), "-": () => zoom(2), "0": () => show(whole.from, whole.to),
	ArrowLeft: () => pan(-0.2), ArrowRight: () => pan(0.2), Home: () => show(whole.from, whole.from + view.to - view.from),
	End: () => show(whole.to - view.to + view.from, whole.to), PageUp: () => pan(-0.9), PageDown: () => pan(0.9),
	n: () => go(chosen + 1), p: () => go(chosen < 0 ? -1 : chosen - 1), l: longest, Escape: hide,
};
for (const trace of data.traces)
	KEYS[trace.tag.toLowerCase()] = () => show(trace.begin, trace.end + 1);
live.addEventListener("keydown", (e) => {
	if (e.ctrlKey || e.metaKey || e.altKey || !KEYS[e.key]) return;
	e.preventDefault();
	KEYS[e.key]();
});

function button(words, title, action) {
	const node = document.createElement("button");
	node.type = "button";
	node.textContent = words;
	node.title = title;
	node.addEventListener("click", action);
	tools.appendChild(node);
}
button("zoom in", "key: +", KEYS["+"]);
button("zoom out", "key: -", KEYS["-"]);
button("all", "key: 0", KEYS["0"]);
if (data.traces.length > 1)
	for (const trace of data.traces)
		button("fit " + trace.tag, "all of " + trace.tag + " (key: " + trace.tag.toLowerCase() + ")", KEYS[trace.tag.toLowerCase()]);
button("\u25c2", "move left (key: left arrow)", KEYS.ArrowLeft);
button("\u25b8", "move right (key: right arrow)", KEYS.ArrowRight);
button("previous waste", "key: p", KEYS.p);
button("next waste", "key: n", KEYS.n);
button("longest", "key: l", KEYS.l);
const hint = document.createElement("small");
hint.textContent = "wheel zooms, drag moves, point for details; zoomed in: dashed, handed to a worker; \u25cf result ready; line, it notified the loop";
tools.appendChild(hint);

for (const row of document.querySelectorAll("tr[data-from]")) {
	const from = +row.dataset.from, to = +row.dataset.to, cell = row.cells[1];
	const node = document.createElement("button");
	node.type = "button";
	node.textContent = cell.textContent;
	node.title = "show it in the timeline";
	node.addEventListener("click", () => {
		show(from - (to - from) * 0.4, to + (to - from) * 0.4);
		document.getElementById("timeline").scrollIntoView({ block: "nearest" });
		live.focus({ preventScroll: true });
	});
	cell.textContent = "";
	cell.appendChild(node);
}

tip.id = "tip";
tip.hidden = true;
document.getElementById("still").remove();
stage.appendChild(live);
stage.appendChild(tip);
tools.hidden = status.hidden = false;
say();
if (location.hash.length > 1 && KEYS[location.hash.slice(1)]) {
	KEYS[location.hash.slice(1)](); /* file.html#l opens at the longest gap */
}
draw(stage.clientWidth); /* at once: a page that is not in sight may get no frame for long */
addEventListener("resize", redraw);
/* Paper has a width of its own. */
addEventListener("beforeprint", () => draw(860));
addEventListener("afterprint", redraw);
root.dataset.ready = "1";
})();
