// The page's own sentences with what belongs into them, and amounts of coins with their money value.

/** `fill("Undo ({seconds})", {seconds: 9})` */
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** A copy of what stands in `<template id="pattern-…">`. */
export function copyPattern(name) {
  return document.getElementById(`pattern-${name}`).content.firstElementChild.cloneNode(true);
}

export class Words {
  #texts;
  #plurals;

  constructor({ texts, prices, locale }) {
    this.#texts = texts;
    this.prices = prices;
    this.#plurals = new Intl.PluralRules(locale);
  }

  /** One of the page's texts, filled. */
  say(name, values = {}) {
    return fill(this.#texts[name], values);
  }

  /** A text that depends on a number: its forms are named after the categories of the language. */
  count(name, number) {
    const forms = this.#texts[name];
    const form = forms[this.#plurals.select(number)] ?? forms.other;
    return fill(form, { n: this.prices.number(number) });
  }

  /** `5 coins ($0.05)` */
  coinsText(coins) {
    return `${this.count("coins", coins)} (${this.prices.ofCoins(coins)})`;
  }

  /** The same as markup, like the `coins` template filter. */
  coins(coins) {
    const amount = copyPattern("coins");
    amount.dataset.coins = String(coins);
    // After the icon stands the text of the pattern.
    amount.querySelector(".amount__units").lastChild.data = this.count("coins", coins);
    amount.querySelector(".amount__money").textContent = this.prices.ofCoins(coins);
    return amount;
  }
}
