"""The real site for tests: its processes, and a real browser in front of them.

`live_site` serves a committed database from a process of its own, as `make run` does, with a Celery
worker and beat when the test is marked `@pytest.mark.site(worker=True, beat=True)`; it takes
`environment={"DEMO": "1"}` as well. The web process alone goes on from test to test, each with the
database as it was made, until a test wants another one or ends it; tests that want a site come
first and equal sites in a row. `page` is one window of Chromium; `new_page` opens more.
"""

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.sites import UVICORN

CHECKOUT = Path(__file__).resolve().parent.parent
PICTURES = CHECKOUT / "test-results"
START_SECONDS = 60
# The first one draws pages as the others do, without the windows, menus and tabs around them, and a
# page takes it a third of their time.
CHROMIUM_NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
# The last such flag counts, so here are Playwright's, and the address bar's two pages: Chromium
# would render them with every window.
NOT_OF_CHROMIUM = (
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxPopup",
)
CHROMIUM_FLAGS = [
    "--disable-features=" + ",".join(NOT_OF_CHROMIUM),
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WINDOWS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "has_touch": True,
        "is_mobile": True,
        "device_scale_factor": 2,
    },
}
REPORT_BLOCKED = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP: ${event.violatedDirective} blocked ${event.blockedURI}`));
"""

# Style sheets are parsed once more only for a rule on screens' orientation that is off by default.
AXE_OPTIONS: dict[str, Any] = {"resultTypes": ["violations"], "preload": {"assets": ["media"]}}
AXE_VIOLATIONS = """async ([context, options]) =>
  (await axe.run(context ?? document, options)).violations"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def inherited() -> dict[str, str]:
    """What the site's processes get of this one's environment."""
    own = {"DATABASE_OWNER_URL", "DJANGO_ALLOW_ASYNC_UNSAFE", "PYTEST_CURRENT_TEST"}
    return {k: v for k, v in os.environ.items() if k not in own} | {"PYTHONUNBUFFERED": "1"}


class Site:
    """The processes of the site, all on the test's committed database."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {"SITE_URL": self.url} | inherited() | environment
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.read_from: dict[str, int] = {}
        self.ready_status = 200
        # A test that provokes errors inside the site says so.
        self.may_log_errors = False

    def command(self, name: str) -> list[str]:
        celery = [sys.executable, "-m", "celery", "--quiet", "-A", "gifteconomy"]
        return {
            "web": [sys.executable, "manage.py", "serve", "--port", str(self.port)],
            "uvicorn": [sys.executable, *(part.format(port=self.port) for part in UVICORN)],
            "worker": [*celery, "worker", "--loglevel", "INFO", "--concurrency", "1"],
            "beat": [*celery, "beat", "--schedule", str(self.folder / "beat")],
        }[name]

    def start(self, name: str) -> None:
        """Start `web` (or `uvicorn` in its place), `worker` or `beat`, also again after a kill.

        Waits until web answers.
        """
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(  # noqa: S603
                self.command(name),
                cwd=CHECKOUT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        ready = {
            "web": self.answers,
            "uvicorn": self.answers,
            "worker": lambda: " ready." in self.log("worker"),
        }
        while name in ready and not ready[name]():
            if self.processes[name].poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"{name} did not start:\n{self.log(name)}")
            time.sleep(0.1)

    def answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            headers = {"Host": self.environment.get("ALLOWED_HOSTS", "127.0.0.1").split(",")[0]}
            connection.request("GET", "/accounts/login/", headers=headers)
            return connection.getresponse().status == self.ready_status
        except OSError:
            return False
        finally:
            connection.close()

    def kill(self, name: str) -> None:
        """As `kill -9` of the process with all it started."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self, name: str, seconds: float = 30) -> int:
        """As a deploy does: SIGTERM, and wait; returns the exit code."""
        process = self.processes.pop(name)
        process.terminate()
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            pytest.fail(f"{name} did not stop within {seconds} s:\n{self.log(name)}")

    def log(self, name: str) -> str:
        """What a process has said since `forget_logs`."""
        path = self.folder / f"{name}.log"
        if not path.exists():
            return ""
        return path.read_bytes()[self.read_from.get(name, 0) :].decode(errors="replace")

    def forget_logs(self) -> None:
        self.read_from = {path.stem: path.stat().st_size for path in self.folder.glob("*.log")}

    def kill_all(self) -> None:
        for name in list(self.processes):
            self.kill(name)

    def manage(self, *arguments: str) -> str:
        """Run a Django command in the site's environment; returns what it printed."""
        done = subprocess.run(  # noqa: S603
            [sys.executable, "manage.py", *arguments],
            cwd=CHECKOUT,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


class SiteKeeper:
    """Keeps the last test's site for the next test that wants the same one."""

    def __init__(self, folder: Callable[[], Path]) -> None:
        self._folder = folder
        self._site: Site | None = None
        self._wanted: Any = None

    def site(self, environment: dict[str, str], names: list[str]) -> Site:
        wanted = (inherited() | environment, names)
        if self._site is None or wanted != self._wanted:
            self.end()
            self._wanted, self._site = wanted, Site(self._folder(), environment)
            for name in names:
                self._site.start(name)
        self._site.forget_logs()
        return self._site

    def end(self) -> None:
        if self._site is not None:
            self._site.kill_all()
            self._site = None


@pytest.fixture(scope="session")
def site_keeper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SiteKeeper]:
    keeper = SiteKeeper(lambda: tmp_path_factory.mktemp("site"))
    yield keeper
    keeper.end()


@pytest.fixture
def live_site(
    site_keeper: SiteKeeper, committed_db: str, request: pytest.FixtureRequest
) -> Iterator[Site]:
    mark = request.node.get_closest_marker("site")
    options = mark.kwargs if mark else {}
    names = [n for n in ("web", "worker", "beat") if n == "web" or options.get(n)]
    try:
        site = site_keeper.site(options.get("environment", {}), names)
        started = dict(site.processes)
        yield site
    except BaseException:
        site_keeper.end()
        raise
    logs = {name: site.log(name) for name in names}
    for name, log in logs.items():
        print(f"--- {name}\n{log[-8000:]}")
    ended = {n: p.returncode for n, p in site.processes.items() if p.poll() is not None}
    # A worker would take tasks of tests to come.
    if names != ["web"] or site.processes != started or ended or site.may_log_errors:
        site_keeper.end()
    assert not ended, f"ended by themselves: {ended}"
    if not site.may_log_errors:
        assert "Traceback" not in "".join(logs.values()), "the site logged an error; see its log"


# --- Browser ----------------------------------------------------------------------------------
def chromium() -> str | None:
    if named := os.environ.get("CHROMIUM"):
        return named
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


class BrowserKeeper:
    """One Chromium for all browser tests in a row.

    Playwright's own loop runs in this thread: meanwhile no other can, so keep asyncio tests in
    modules of their own; and the ORM would refuse to work beside it.
    """

    def __init__(self) -> None:
        self._opened = ExitStack()
        self._browser: Browser | None = None
        self._module: object = None

    def browser(self, module: object) -> Browser:
        self._module = module
        if self._browser is None:
            allowed = pytest.MonkeyPatch()
            self._opened.callback(allowed.undo)
            playwright = self._opened.enter_context(sync_playwright())
            allowed.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
            self._browser = playwright.chromium.launch(
                executable_path=chromium(), args=CHROMIUM_FLAGS
            )
            self._opened.callback(self._browser.close)
        return self._browser

    def end(self) -> None:
        self._browser = None
        self._opened.close()

    def make_way(self, item: pytest.Item) -> None:
        """For a test of another module that wants none, and maybe a loop of its own."""
        if "browser" not in item.fixturenames and item.module is not self._module:
            self.end()


_browsers = BrowserKeeper()


@pytest.fixture(scope="module")
def browser(request: pytest.FixtureRequest) -> Browser:
    if chromium() is None:
        reason = "no Chromium found (CHROMIUM=/path names one)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return _browsers.browser(request.module)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    _browsers.make_way(item)


def pytest_sessionfinish() -> None:
    _browsers.end()


class PageErrors:
    """What went wrong in the windows of a test: console errors, exceptions, CSP reports."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.allowed: list[str] = []

    def allow(self, pattern: str) -> None:
        """Errors that this test provokes, for example r"status of 409"."""
        self.allowed.append(pattern)

    def watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.found.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self.listen(page, message))

    def listen(self, page: Page, message: Any) -> None:
        if message.type == "error":
            where = message.location.get("url", "")
            self.found.append(f"{page.url}: {message.text} ({where})")

    def unexpected(self) -> list[str]:
        return [e for e in self.found if not any(re.search(p, e) for p in self.allowed)]


@pytest.fixture
def page_errors() -> Iterator[PageErrors]:
    errors = PageErrors()
    yield errors
    assert errors.unexpected() == []


NewPage = Callable[..., Page]


@pytest.fixture
def new_page(
    browser: Browser, live_site: Site, page_errors: PageErrors, request: pytest.FixtureRequest
) -> Iterator[NewPage]:
    """Opens a window of another person: `new_page("phone", color_scheme="dark")`."""
    contexts = []

    def open_page(window: str = "desktop", **options: Any) -> Page:
        context = browser.new_context(
            base_url=live_site.url, **(WINDOWS[window] | {"locale": "en-US"} | options)
        )
        context.add_init_script(REPORT_BLOCKED)
        context.on("page", page_errors.watch)
        contexts.append(context)
        return context.new_page()

    yield open_page
    failed = getattr(request.node, "failed", False)
    for number, context in enumerate(contexts):
        for page in context.pages:
            if failed:
                PICTURES.mkdir(exist_ok=True)
                name = re.sub(r"\W+", "-", request.node.name)
                page.screenshot(path=PICTURES / f"{name}-{number}.png", full_page=True)
        context.close()


@pytest.fixture
def page(new_page: NewPage) -> Page:
    return new_page()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Any:
    report = yield
    if report.when == "call":
        item.failed = report.failed
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in item.fixturenames:
            item.add_marker("browser")
    items.sort(key=_site_wanted)


def _site_wanted(item: pytest.Item) -> tuple[bool, bool, str]:
    """First what wants a site, so that most of it falls to one worker, and equal sites in a row."""
    mark = item.get_closest_marker("site")
    return (
        "live_site" not in item.fixturenames,
        "browser" not in item.fixturenames,
        repr(mark.kwargs if mark else {}),
    )


def check_axe(page: Page, *, leave_out: str | None = None, only: tuple[str, ...] = ()) -> None:
    """Fail with every accessibility finding of axe on this page.

    `leave_out` is a selector; `only` names the rules to look at, when not all.
    """
    context = {"exclude": [[leave_out]]} if leave_out else None
    options = AXE_OPTIONS | ({"runOnly": list(only)} if only else {})
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found = page.evaluate(AXE_VIOLATIONS, [context, options])
    lines = [
        f"{one['id']} ({one['impact']}): {one['help']}\n"
        + "\n".join(
            f"    {node['html'][:200]}\n    {node['failureSummary']}" for node in one["nodes"]
        )
        for one in found
    ]
    assert not found, f"{page.url}\n" + "\n".join(lines)


@pytest.fixture
def axe() -> Callable[..., None]:
    return check_axe
