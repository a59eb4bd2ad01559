// g, then a letter, goes to a page of the navigation; / begins a search; arrows walk through what was found; ? lists
// the keys. Never while somebody writes.
export function keys() {
  let waiting = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
    if (event.key === "?") return document.getElementById("shortcuts")?.showModal?.();
    if (event.key === "/" && begins(event)) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") return walk(event);
    if (event.key === "g") return void (waiting = event.timeStamp);
    if (event.timeStamp - waiting > 1500) return;
    waiting = 0;
    document.querySelector(`nav a[data-key="${CSS.escape(event.key)}"]`)?.click();
  });
}

function begins(event) {
  const field = document.getElementById("words") ?? document.querySelector("[data-focus-key='/']");
  if (!field?.offsetParent) return void document.querySelector("a[href='/search']")?.click();
  event.preventDefault();
  field.focus();
  field.select();
  return true;
}

function walk(event) {
  const hits = [...document.querySelectorAll("[data-hits] a")];
  if (!hits.length) return;
  const next = hits.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
  event.preventDefault();
  hits[Math.max(0, Math.min(next, hits.length - 1))].focus();
}

function isWriting(element) {
  return element.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(element.tagName);
}
