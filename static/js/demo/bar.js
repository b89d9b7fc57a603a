// Keeps the demo bar up to date: the page says where it is and which gift it shows, the server answers
// with the bar as it is now. A second window of a room knows of the first one by a channel.
const ASK_MS = 3000;

const bar = document.getElementById("demo-bar");
const part = (name) => bar.querySelector(`[data-demo-part="${name}"]`);
const isRoom = document.getElementById("room") !== null;
let isSecond = false;

document.addEventListener("keydown", (event) => {
  const more = part("more");
  if (event.key !== "Escape" || !more.open || !more.contains(document.activeElement)) return;
  more.open = false;
  more.querySelector("summary").focus();
});

if (isRoom) {
  const channel = new BroadcastChannel(`demo${location.pathname}`);
  channel.addEventListener("message", ({ data }) => {
    if (data === "anybody?") channel.postMessage("here");
    else isSecond = true;
  });
  channel.postMessage("anybody?");
}

/** The gift of this visit, when this window is the second one and has a line about it. */
function seenGift() {
  const { gift, sender, name } = part("line").dataset;
  if (!isSecond || !gift) return "";
  const lines = [...document.querySelectorAll("#chat-list [data-gift]")].map((what) => what.closest("li"));
  return lines.some((line) => line.textContent.includes(sender) && line.textContent.includes(name)) ? gift : "";
}

async function ask() {
  const said = { at: location.pathname, had: part("line").dataset.version, seen: seenGift() };
  const answer = await fetch(bar.dataset.url, { method: "POST", body: new URLSearchParams(said) });
  if (answer.status === 200) show(await answer.text());
}

function show(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  replace(part("line"), fresh.querySelector('[data-demo-part="line"]'));
  replace(bar.querySelector("[data-demo-panel]"), fresh.querySelector("[data-demo-panel]"));
}

/** Puts the new part in place; who was at its second button is there again. */
function replace(old, fresh) {
  const pressable = (within) => [...within.querySelectorAll("a, button")];
  const place = pressable(old).indexOf(document.activeElement);
  old.replaceWith(fresh);
  if (place >= 0) (pressable(fresh)[place] ?? pressable(fresh)[0])?.focus({ preventScroll: true });
}

async function goOn() {
  try {
    await ask();
  } catch {
    // The site is away for a moment; the page says so itself.
  }
  setTimeout(goOn, ASK_MS);
}

goOn();
