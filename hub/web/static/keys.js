// Single keys for those who work by keyboard. They can be turned off (WCAG 2.1.4), and they never act while
// somebody types or a dialogue is open.

export function listen(acts, enabled) {
  addEventListener("keydown", (event) => {
    const act = Object.hasOwn(acts, event.key) ? acts[event.key] : null;
    if (!act || event.repeat || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.target.closest?.("input, textarea, select, dialog, [contenteditable]")) return;
    if (document.querySelector("dialog[open]") || !enabled()) return;
    event.preventDefault();
    act();
  });
}
