import htmx from "htmx.org";

// Parts of a page that renew themselves: one stream of the server says what has changed, htmx fetches the part anew.
// Where the stream fails for long, the parts are asked for now and then instead. "Pause" holds them still.
const FAILED_MS = 8000; // without a stream for so long
const EVERY_MS = 5000; // they are asked for so often
const PARTS = "[hx-trigger*='sse:']";

export function live() {
  const body = document.body;
  if (!body.hasAttribute("sse-connect")) return;
  const state = { since: Date.now(), open: false, lost: false };
  body.addEventListener("htmx:sseOpen", () => {
    if (state.lost) renew(); // what the stream told meanwhile is not known
    Object.assign(state, { open: true, lost: false });
    tell("live");
  });
  body.addEventListener("htmx:sseError", () => {
    if (state.open) Object.assign(state, { open: false, lost: true, since: Date.now() });
    tell("connecting");
  });
  body.addEventListener("htmx:beforeRequest", (event) => {
    const part = event.detail.elt;
    if (part.matches(PARTS) && (isPaused(part) || isRead(part))) event.preventDefault();
  });
  setInterval(() => {
    if (state.open || document.hidden || Date.now() - state.since < FAILED_MS) return;
    tell("now and then");
    renew();
  }, EVERY_MS);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-pauses]");
    if (button) pause(button);
  });
  for (const button of document.querySelectorAll("[data-pauses]")) button.hidden = false;
}

function renew() {
  for (const part of document.querySelectorAll(PARTS)) {
    const event = /sse:[\w-]+/.exec(part.getAttribute("hx-trigger"))[0];
    htmx.trigger(part, event);
  }
}

function isPaused(part) {
  return Boolean(part.closest("[data-paused]"));
}

// Whoever has a part of it in hand - keyboard or selected text - keeps it.
function isRead(part) {
  const selection = document.getSelection();
  const marked = selection && !selection.isCollapsed && part.contains(selection.anchorNode);
  return marked || Boolean(part.querySelector("details[open]:not(.menu)")) || part.contains(document.activeElement);
}

function pause(button) {
  const part = document.getElementById(button.dataset.pauses);
  const pausing = !part.hasAttribute("data-paused");
  part.toggleAttribute("data-paused", pausing);
  button.setAttribute("aria-pressed", String(pausing));
  const [pause, goOn] = document.body.dataset.pause.split("|");
  button.textContent = pausing ? goOn : pause;
  if (!pausing) renew();
}

function tell(how) {
  for (const element of document.querySelectorAll("[data-stream]")) element.dataset.stream = how;
}
