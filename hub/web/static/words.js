// The words of the page. The server writes its catalogue into the page; a word that it lacks is shown as it is.

const entries = JSON.parse(document.getElementById("words").textContent);

export const language = document.documentElement.lang;

export function word(msgid, values) {
  const text = Object.hasOwn(entries, msgid) ? entries[msgid] : msgid;
  return values ? text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole)) : text;
}
