// What is known of a room, as a pure function of what the server said (docs/live-rooms.md):
// `apply(state, message)` gives the next state and never changes the old one. A snapshot and the ticks
// after it give what a fresh snapshot would. `news` holds the events that this message brought, `leftOut`
// how many gifts of how many coins it counts without telling them one by one.

const CHAT_KEPT = 50;
const GIFTS_KEPT = 30;
const PARTS = ["totals", "viewers", "rules", "stream", "video", "goal", "board", "likes", "boundaries", "pins"];

export const NOTHING_KNOWN = Object.freeze({
  epoch: null,
  seq: 0,
  place: null,
  totals: null,
  viewers: null,
  rules: null,
  stream: null,
  video: null,
  goal: null,
  board: null,
  likes: null,
  boundaries: null,
  pins: null,
  me: null,
  chat: [],
  gifts: [],
  stale: false,
  lost: false,
  news: [],
  leftOut: null,
});

/** The state after `message`; messages of unknown types and older ones change nothing. */
export function apply(state, message) {
  const change = CHANGES[message.type];
  const before = { ...state, news: [], leftOut: null };
  return change ? change(before, message) : before;
}

/** Where to go on from after a lost connection, or null for a fresh snapshot. */
export function resumePoint({ epoch, seq, lost }) {
  return epoch === null || lost ? null : { epoch, seq };
}

const CHANGES = {
  snapshot(state, { epoch, seq, place, state: parts, me, chat, gifts }) {
    const person = me && state.me && state.me.pseq > me.pseq ? keepPurse(me, state.me) : me;
    return {
      ...state,
      ...Object.fromEntries(PARTS.map((name) => [name, parts[name] ?? null])),
      epoch,
      seq,
      place,
      me: person,
      chat,
      gifts,
      stale: false,
      lost: false,
    };
  },

  /** Events of another life of the room cannot be put after ours: a snapshot is needed. */
  tick(state, { epoch, seq, events, state: parts, left_out: leftOut = null }) {
    if (epoch !== state.epoch) return { ...state, lost: true };
    let next = { ...state, stale: false };
    for (const event of events) next = takeEvent(next, event);
    for (const name of PARTS) {
      const part = parts[name];
      if (part && (!next[name] || part.version >= next[name].version)) next[name] = part;
    }
    return { ...next, seq: Math.max(next.seq, seq), leftOut: seq > state.seq ? leftOut : null };
  },

  stale: (state) => ({ ...state, stale: true }),
  blocks: (state, { people }) => ({ ...state, me: state.me && { ...state.me, blocked: people } }),
  wallet: (state, { pseq, balance }) => ({ ...state, me: withPurse(state.me, { pseq, coins: balance }) }),
  receipt: (state, { pseq, balance }) => ({ ...state, me: withPurse(state.me, { pseq, coins: balance }) }),
  undone: (state, { pseq, balance, undo_left_today }) => ({
    ...state,
    me: withPurse(state.me, { pseq, coins: balance, undo_left_today }),
  }),
};

function takeEvent(state, event) {
  const change = EVENTS[event.type];
  if (!change || (event.seq !== undefined && event.seq <= state.seq)) return state;
  const next = change(state, event);
  if (next === state) return state;
  return { ...next, seq: event.seq ?? next.seq, news: [...next.news, event] };
}

const EVENTS = {
  // A gift is kept as it was sent; how far its streak went since is news, not state.
  gift: (state, event) => ({ ...state, gifts: [...state.gifts, event].slice(-GIFTS_KEPT) }),
  streak_ended: (state) => ({ ...state }),

  gift_taken_back: (state, { gift_ids: gone }) => ({
    ...state,
    gifts: state.gifts.filter((gift) => !gone.includes(gift.event_id)),
  }),

  chat(state, event) {
    if (state.chat.some((line) => line.id === event.id)) return state;
    return { ...state, chat: [...state.chat, event].slice(-CHAT_KEPT) };
  },

  // What is hidden is known no more: neither here nor in what is drawn from it.
  hidden: (state, { lines, gifts: hidden }) => ({
    ...state,
    chat: state.chat.filter((line) => !lines.includes(line.id)),
    gifts: state.gifts.map((gift) => (hidden.includes(gift.event_id) ? { ...gift, message: "" } : gift)),
  }),

  shown(state, { chat: lines, messages }) {
    const said = new Map(messages.map(({ event_id, message }) => [event_id, message]));
    const known = state.chat.filter((line) => !lines.some(({ id }) => id === line.id));
    return {
      ...state,
      chat: [...known, ...lines].sort(byTime).slice(-CHAT_KEPT),
      gifts: state.gifts.map((gift) => (said.has(gift.event_id) ? { ...gift, message: said.get(gift.event_id) } : gift)),
    };
  },

  // How far it is, a part of the state says; that it was set or reached is news.
  goal: (state) => ({ ...state }),

  // The message stays in the chat; the part `pins` says what is over it.
  unpinned: (state) => ({ ...state }),

  stream_ended: (state, { why }) => ({ ...state, stream: { ...state.stream, open: false, why } }),
};

function byTime(one, other) {
  return one.created_at.localeCompare(other.created_at) || one.id.localeCompare(other.id);
}

function withPurse(me, purse) {
  return me && purse.pseq >= me.pseq ? { ...me, ...purse } : me;
}

function keepPurse(me, { coins, pseq }) {
  return { ...me, coins, pseq };
}
