// g, then a letter, goes to a page of the navigation; ? lists them. Never while somebody writes.
export function keys() {
  let waiting = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
    if (event.key === "?") return document.getElementById("shortcuts")?.showModal?.();
    if (event.key === "g") return void (waiting = event.timeStamp);
    if (event.timeStamp - waiting > 1500) return;
    waiting = 0;
    document.querySelector(`nav a[data-key="${CSS.escape(event.key)}"]`)?.click();
  });
}

function isWriting(element) {
  return element.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(element.tagName);
}
