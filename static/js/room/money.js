// Amounts as people of the page's language write them. Whole numbers in, text out: sums are BigInt,
// and the formatter is given digits as text, so no fraction is ever computed.

const MILLION = 1_000_000n;
const MILLIONTH_DIGITS = 6;

export class Prices {
  #locale;
  #currency;
  #digits;
  #priceMillionths;
  #creatorMillionths;

  /** `prices` is {locale, currency, digits, coin_millionths, creator_millionths} (the last two a coin). */
  constructor({ locale, currency, digits, coin_millionths, creator_millionths }) {
    this.#locale = locale;
    this.#currency = currency;
    this.#digits = digits;
    this.#priceMillionths = BigInt(coin_millionths);
    this.#creatorMillionths = BigInt(creator_millionths);
  }

  number(units) {
    return new Intl.NumberFormat(this.#locale).format(units);
  }

  /** What so many coins cost, rounded half up to the currency's smallest unit, as the server does. */
  ofCoins(coins) {
    const unit = 10n ** BigInt(MILLIONTH_DIGITS - this.#digits);
    const millionths = BigInt(coins) * this.#priceMillionths;
    return this.#write(((millionths + unit / 2n) / unit) * unit, this.#digits);
  }

  /** What the creator gets for so many coins, to the millionth: a gift of one coin pays less than a cent. */
  creatorShare(coins) {
    return this.exactly(BigInt(coins) * this.#creatorMillionths);
  }

  /** Millionths of the currency, with as many digits as they need. */
  exactly(millionths) {
    return this.#write(BigInt(millionths), MILLIONTH_DIGITS);
  }

  #write(millionths, mostDigits) {
    const sign = millionths < 0n ? "-" : "";
    const size = millionths < 0n ? -millionths : millionths;
    const fraction = String(size % MILLION).padStart(MILLIONTH_DIGITS, "0");
    return new Intl.NumberFormat(this.#locale, {
      style: "currency",
      currency: this.#currency,
      minimumFractionDigits: this.#digits,
      maximumFractionDigits: Math.max(this.#digits, mostDigits),
    }).format(`${sign}${size / MILLION}.${fraction}`);
  }
}
