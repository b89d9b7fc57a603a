// The picture of the stream. The player is fetched only where one plays: hls.js, or what the browser
// has itself where that is better (Safari). What the server says decides; the player follows, and
// while a picture is said to be there it is tried again until it plays.

const FIRST_AGAIN_MS = 1000;
const LATEST_AGAIN_MS = 5000;
const KEPT_BEHIND_SECONDS = 30;

export class Picture {
  #stage;
  #video;
  #note;
  #sound;
  #pause;
  #words;
  #files;
  #covered;
  #part = { version: -1, state: "none", playlist: null };
  #player = null;
  #timer = null;
  #tries = 0;
  /** Counts what was started, so that what comes late is known to be old. */
  #turn = 0;
  #isPaused = false;

  /**
   * `stage` holds `<video>`, a note and the buttons. `files` is {player, worker}, addresses.
   * `covered(isCovered)` is told whether the picture covers the scene.
   */
  constructor(stage, { files, words, creator, covered }) {
    this.#stage = stage;
    this.#video = stage.querySelector("#picture");
    this.#note = stage.querySelector("#picture-note");
    this.#sound = stage.querySelector("#picture-sound");
    this.#pause = stage.querySelector("#picture-pause");
    this.#files = files;
    this.#covered = covered;
    this.#words = { say: (name) => words.say(name, { creator }) };
    this.#video.addEventListener("playing", () => this.#plays());
    this.#video.addEventListener("loadedmetadata", () => this.#shape());
    this.#video.addEventListener("resize", () => this.#shape());
    this.#video.addEventListener("volumechange", () => this.#showButtons());
    this.#sound.addEventListener("click", () => this.#toggleSound());
    this.#pause.addEventListener("click", () => this.#togglePause());
  }

  /** The `video` part of the room's state; an older version changes nothing. */
  show(part) {
    if (!part || part.version < this.#part.version) return;
    const same = part.version === this.#part.version && part.state === this.#part.state;
    this.#part = part;
    if (same) return;
    this.#stop();
    if (part.state === "live") this.#start();
    else this.#say(part.state === "none" ? "none" : part.state);
  }

  /** The stream has ended: nothing plays any more. */
  end() {
    this.#part = { version: Number.MAX_SAFE_INTEGER, state: "ended", playlist: null };
    this.#stop();
    this.#say("ended");
  }

  #say(state) {
    this.#stage.dataset.video = state;
    const texts = { waiting: "video_waiting", loading: "video_waiting", paused: "video_paused" };
    const text = texts[state] ? this.#words.say(texts[state]) : "";
    if (this.#note.textContent !== text) this.#note.textContent = text;
    this.#covered(state === "live");
    this.#showButtons();
  }

  async #start() {
    this.#turn += 1;
    const turn = this.#turn;
    this.#say("loading");
    this.#video.muted = this.#stage.dataset.heard === undefined;
    if (playsByItself(this.#video)) {
      this.#video.src = this.#part.playlist;
      this.#video.onerror = () => this.#again(turn);
      this.#play();
      return;
    }
    let Hls;
    try {
      ({ default: Hls } = await import(this.#files.player));
    } catch {
      this.#again(turn);
      return;
    }
    if (turn !== this.#turn || !Hls.isSupported()) return;
    this.#player = new Hls({
      workerPath: this.#files.worker,
      backBufferLength: KEPT_BEHIND_SECONDS,
      liveSyncDurationCount: 2,
    });
    this.#player.on(Hls.Events.ERROR, (_, { fatal }) => {
      if (fatal) this.#again(turn);
    });
    this.#player.on(Hls.Events.MANIFEST_PARSED, () => this.#play());
    this.#player.loadSource(this.#part.playlist);
    this.#player.attachMedia(this.#video);
  }

  /** The picture is said to be there and cannot be played (yet): the first seconds are like that. */
  #again(turn) {
    if (turn !== this.#turn) return;
    this.#stop();
    this.#say("loading");
    this.#tries += 1;
    const wait = Math.min(LATEST_AGAIN_MS, FIRST_AGAIN_MS * this.#tries);
    this.#timer = setTimeout(() => this.#start(), wait);
  }

  #stop() {
    this.#turn += 1;
    clearTimeout(this.#timer);
    this.#player?.destroy();
    this.#player = null;
    this.#video.onerror = null;
    if (this.#video.hasAttribute("src")) {
      this.#video.removeAttribute("src");
      this.#video.load();
    }
  }

  async #play() {
    if (this.#isPaused) return;
    try {
      await this.#video.play();
    } catch {
      // Where even a silent picture waits for a tap, the button says so.
      this.#showButtons();
    }
  }

  #plays() {
    this.#tries = 0;
    if (this.#part.state === "live") this.#say("live");
  }

  #shape() {
    const { videoWidth, videoHeight } = this.#video;
    this.#stage.dataset.shape = videoWidth > videoHeight ? "wide" : "tall";
  }

  #toggleSound() {
    const { muted } = this.#video;
    this.#video.muted = !muted;
    this.#stage.toggleAttribute("data-heard", muted);
    if (this.#video.paused && !this.#isPaused) this.#play();
    this.#showButtons();
  }

  #togglePause() {
    this.#isPaused = !this.#isPaused;
    if (this.#isPaused) {
      this.#video.pause();
    } else {
      // On where it is now, not where it was left.
      const { seekable } = this.#video;
      if (seekable.length) this.#video.currentTime = this.#player?.liveSyncPosition ?? seekable.end(seekable.length - 1);
      this.#play();
    }
    this.#showButtons();
  }

  #showButtons() {
    const isThere = this.#stage.dataset.video === "live" || this.#player !== null;
    this.#sound.hidden = !isThere;
    this.#pause.hidden = !isThere;
    this.#sound.setAttribute("aria-pressed", String(!this.#video.muted));
    this.#pause.setAttribute("aria-pressed", String(this.#isPaused));
    this.#sound.querySelector("[data-unmute]").hidden = !this.#video.muted;
    const use = this.#sound.querySelector("use");
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, this.#video.muted ? "#sound-off" : "#sound"));
  }
}

/** Safari plays such lists itself, and better; only it (and what is built on it) has this class. */
function playsByItself(video) {
  const isSafari = "ManagedMediaSource" in window || !("MediaSource" in window);
  return isSafari && video.canPlayType("application/vnd.apple.mpegurl") !== "";
}
