// Keys for the author's pages, and a tick box for all. Without it, everything can be done too.

const items = [...document.querySelectorAll("[data-item]")];
const ticks = items.map((item) => item.querySelector("input[type=checkbox]")).filter(Boolean);
const help = document.querySelector("dialog");
const PLACE = "place of the last decision";

// The one with the focus in it; the only one, where there is but one.
const place = () => (items.length === 1 ? 0 : items.findIndex((item) => item.contains(document.activeElement)));

function move(step) {
  const to = Math.min(Math.max(place() + step, 0), items.length - 1);
  items[to]?.focus();
}

function press(key) {
  if (items.length === 1 && performance.now() < ready) return;
  const item = items[place()];
  const button = item?.querySelector(`[data-key=${key}]`);
  if (!button) return;
  if (items.length > 1) sessionStorage.setItem(PLACE, place());
  button.click();
}

const keys = {
  j: () => move(1),
  k: () => move(-1),
  a: () => press("a"),
  r: () => press("r"),
  s: () => press("s"),
  x: () => items[place()]?.querySelector("input[type=checkbox]")?.click(),
  u: () => document.querySelector(".notice [data-key=u]")?.click(),
  "/": () => document.querySelector("[type=search]")?.focus(),
  "?": () => help?.showModal(),
};

// A ping's own page that has just come to the front, maybe by somebody else's doing, takes no decision yet.
let ready = 0;
const settle = () => (ready = performance.now() + 500);
addEventListener("focus", settle);
settle();

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, dialog");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  if (!Object.hasOwn(keys, event.key)) return;
  event.preventDefault();
  keys[event.key]();
});

// After a decision by key, the list goes on where it was.
const last = sessionStorage.getItem(PLACE);
sessionStorage.removeItem(PLACE);
if (last !== null && items.length > 1) items[Math.min(Number(last), items.length - 1)].focus();

const all = document.querySelector("[data-all]");
if (all) {
  const count = () => {
    const ticked = ticks.filter((tick) => tick.checked).length;
    all.checked = ticked === ticks.length;
    all.indeterminate = ticked > 0 && !all.checked;
    document.querySelector("[data-ticked]").textContent = ticked ? `${ticked} ticked:` : "Ticked:";
  };
  all.addEventListener("change", () => {
    for (const tick of ticks) tick.checked = all.checked;
    count();
  });
  for (const tick of ticks) tick.addEventListener("change", count);
  all.closest("label").hidden = false;
  count();
}

const helper = document.querySelector("[data-help]");
if (helper) {
  helper.hidden = false;
  helper.addEventListener("click", keys["?"]);
}

// A decision about many pings goes on by itself. A step under way cannot be stopped halfway.
const onward = document.querySelector("[data-goes-on]");
if (onward) {
  const timer = setTimeout(() => onward.requestSubmit(), onward.dataset.goesOn * 1000);
  onward.addEventListener("submit", () => {
    clearTimeout(timer);
    setTimeout(() => onward.querySelectorAll("button").forEach((button) => (button.disabled = true)));
  });
}
