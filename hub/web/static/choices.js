// What a person has chosen for this browser. It is remembered here only, each person's apart from the others'.

export class Choices {
  constructor(login) {
    this.prefix = `madomori:${login}:`;
    this.here = new Map(); // where the browser keeps nothing, for as long as the page is open
  }

  get(name, otherwise) {
    try {
      return localStorage.getItem(this.prefix + name) ?? this.here.get(name) ?? otherwise;
    } catch {
      return this.here.get(name) ?? otherwise;
    }
  }

  set(name, value) {
    this.here.set(name, value);
    try {
      localStorage.setItem(this.prefix + name, value);
    } catch {
      // A private window keeps nothing; the choice holds until the page is closed.
    }
  }
}
