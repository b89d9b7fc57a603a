"""Files of npm packages: the named ones are served, nothing else of node_modules is."""

from django.conf import settings
from django.contrib.staticfiles.finders import find, get_finder

from gifteconomy.finders import NpmFinder


def test_named_files_are_found_and_no_others():
    assert find("npm/hls.light.min.mjs").endswith("node_modules/hls.js/dist/hls.light.min.mjs")
    assert find("npm/hls.worker.js", find_all=True)
    assert not find("npm/package.json")
    assert find("npm/../hls.js/package.json", find_all=True) == []


def test_each_is_listed_under_the_name_it_is_served_by():
    listed = dict(get_finder("gifteconomy.finders.NpmFinder").list([]))
    assert set(listed) == set(settings.NPM_FILES)
    for path, storage in listed.items():
        with storage.open(path) as file:
            assert file.read(1)


def test_a_missing_package_is_a_sentence_before_the_site_starts(settings):
    assert NpmFinder().check() == []
    settings.NPM_FILES = {"npm/x.js": "nobody/x.js"}
    (problem,) = NpmFinder().check()
    assert "node_modules/nobody/x.js is missing" in problem.msg
    assert "make setup" in problem.hint
