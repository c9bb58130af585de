"""Which builds the logs belong to: three weeks in three repositories. samples/make writes it
down as manifest.jsonl.

A commit: (repository, when, branch, pull request or None, message, builds); a build is a line
`job step sample`, with an attempt (1 when there is none) and `timed_out` or `canceled` where the
outcome is not what the sample says. The same sample may stand for several builds: the same
network failed them in the same way. Made up: this file. Real: the logs."""
import calendar
import hashlib
import json
import os
import time

HERE = os.path.dirname(os.path.abspath(__file__))

COMMITS = [
    ("engine", "2026-11-02 08:41", "main", None, "Load the levels in parallel", """
        linux-gcc build make-passed
        linux-gcc-test test ctest-passed
        sdk setup curl-passed
        go-tools test go-passed
        rust-tools test cargo-test-passed"""),
    ("web", "2026-11-02 10:12", "main", None, "Cart: round to cents", """
        python test pytest-passed
        node test node-test-passed
        deps install pip-refused
        e2e setup apt-mirror-503"""),
    ("mobile", "2026-11-02 13:30", "main", None, "Feed: pages", """
        swift test swift-test-passed
        assets fetch git-clone-passed
        android build mvn-repo-503"""),
    # two commits of one pull request: what was broken, then repaired
    ("engine", "2026-11-03 09:05", "feature/frame-codec", 31, "Add the frame codec", """
        linux-gcc build gcc-compile-error
        linux-gcc-werror build gcc-werror
        ninja build ninja-failed
        sdk setup curl-502"""),
    ("engine", "2026-11-03 14:22", "feature/frame-codec", 31, "Codec: compile again", """
        linux-gcc build make-passed
        player link ld-undefined-reference
        sdk setup curl-502 1
        sdk setup curl-passed 2
        linux-gcc-test test ctest-passed"""),
    ("web", "2026-11-04 08:50", "feature/discounts", 52, "Discount codes", """
        python test pytest-failed
        lint check flake8-failed
        node test node-test-flaky-port 1
        node test node-test-passed 2
        deps install pip-read-timeout"""),
    ("mobile", "2026-11-04 11:17", "feature/timeline", 12, "Timeline: most liked first", """
        swift test swift-xctest-failed
        swift-testing test swift-testing-failed
        android build mvn-repo-503
        assets fetch git-early-eof 1
        assets fetch git-clone-passed 2"""),
    # nothing but flaky failures
    ("engine", "2026-11-05 07:58", "feature/mixer", 33, "Mixer: describe the channels", """
        sdk setup curl-502
        linux-gcc build disk-full-gcc
        go-tools setup go-proxy-502
        packages setup apt-mirror-503
        assets fetch git-early-eof"""),
    ("engine", "2026-11-05 15:40", "feature/mixer", 33, "Mixer: gain", """
        sanitizers test ubsan
        sanitizers-address test asan-use-after-free
        sdk setup curl-502
        packages setup apt-mirror-503 1
        packages setup apt-passed 2"""),
    ("web", "2026-11-06 09:33", "main", None, "Take the rates from the rate service", """
        python test pytest-timeout 1 timed_out
        python test pytest-timeout-passed 2
        deps install pip-cut-download 1
        deps install pip-progress-passed 2
        e2e setup apt-resolve-failure
        rates import python-http-429"""),
    ("mobile", "2026-11-06 16:02", "feature/sessions", 14, "Sessions that renew themselves", """
        android compile javac-error
        android-test test junit-failed
        fastlane setup bundler-dead
        ruby test rspec-failed"""),
    # new and flaky failures side by side
    ("web", "2026-11-09 10:20", "feature/router", 55, "Router: typed paths", """
        types check tsc-error
        node test node-test-failed
        lint check eslint-failed
        install install npm-econnrefused
        python test pytest-timeout 1 timed_out
        e2e setup apt-resolve-failure"""),
    ("engine", "2026-11-10 08:15", "feature/replay", 36, "Replay: typed totals", """
        rust-tools build cargo-e0308
        packages setup apt-mirror-503
        go-tools setup go-proxy-502
        sdk setup curl-502"""),
    ("engine", "2026-11-10 13:49", "feature/replay", 36, "Replay: keep the last events", """
        rust-tools test cargo-test-failed
        go-tools test go-test-failed
        linux-gcc build disk-full-gcc
        linux-gcc-test test ctest-failed"""),
    ("web", "2026-11-11 09:08", "feature/router", 55, "Router: tests", """
        node test node-test-flaky-port
        install install npm-econnrefused
        types check npm-script-failed
        e2e setup wait-for-service timed_out
        python test pytest-fixture-error"""),
    ("mobile", "2026-11-12 11:26", "main", None, "Use the design kit", """
        swift setup swift-resolve-dead
        assets fetch git-early-eof
        android build mvn-repo-503"""),
    # a script that no pattern explains
    ("engine", "2026-11-13 09:55", "main", None, "Atlas: new sprites", """
        atlas bake odd-script
        linux-gcc-test test ctest-passed
        sdk setup curl-502
        integration test killed
        linux-gcc build disk-full-gcc"""),
    ("web", "2026-11-16 08:37", "feature/invoices", 58, "Invoices as PDF", """
        php test phpunit-failed
        install install npm-lock-mismatch
        deps install pip-read-timeout
        image build docker-no-daemon
        bundle build node-oom"""),
    ("engine", "2026-11-17 10:44", "feature/queue", 39, "A queue for the workers", """
        go-tools test go-race
        go-drain test go-test-timeout timed_out
        sanitizers test tsan-race
        sdk setup curl-502
        peer test peer-canceled canceled"""),
    ("mobile", "2026-11-18 09:31", "feature/thumbnails", 17, "Thumbnails", """
        swift build swift-build-error
        swift-run test swift-crash
        android test java-oom
        android-build build mvn-repo-503"""),
    ("web", "2026-11-19 09:12", "feature/invoices", 58, "Invoices: numbers", """
        python test pytest-timeout 1 timed_out
        python test pytest-timeout-passed 2
        install install npm-econnrefused
        node test node-test-flaky-port
        deps install pip-read-timeout
        merge merge git-merge-conflict"""),
    ("engine", "2026-11-20 08:03", "main", None, "Release 1.5", """
        atlas bake odd-script-github
        release package permission-denied
        linux-gcc build disk-full-gcc
        sdk setup curl-502
        packages setup apt-mirror-503"""),
]


def builds(samples=None):
    next_id = {"engine": 8801, "web": 4120, "mobile": 1503}
    for number, (repository, when, branch, pull, message, lines) in enumerate(COMMITS):
        commit = hashlib.sha1(("%s %d %s" % (repository, number, message)).encode()).hexdigest()
        at = calendar.timegm(time.strptime(when, "%Y-%m-%d %H:%M")) + 240
        ids = {}
        for place, line in enumerate(lines.split("\n")[1:]):
            job, step, sample, *rest = line.split()
            attempt = next((int(word) for word in rest if word.isdigit()), 1)
            said = next((word for word in rest if not word.isdigit()), None)
            if job not in ids:
                ids[job], next_id[repository] = next_id[repository], next_id[repository] + 1
            ok = samples is not None and samples[sample].get("ok")
            finished = at + place * 97 + (number * 31 + place * 17) % 60 + (attempt - 1) * 1500
            build = {"file": "logs/%s.log" % sample, "repository": "acme/" + repository,
                     "commit": commit, "branch": branch}
            if pull:
                build["pullRequest"] = pull
            build.update(provider="folder", workflow="ci", job=job, step=step, attempt=attempt,
                         outcome=said or ("success" if ok else "failure"),
                         externalId=str(ids[job]),
                         url="https://ci.example/acme/%s/builds/%d/attempts/%d"
                         % (repository, ids[job], attempt),
                         finishedAt=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(finished)))
            yield sample, finished, build


def began():
    """When a sample's first build began: what a provider's time stamps start from."""
    times = {}
    for sample, finished, _ in builds():
        times.setdefault(sample, finished - 25)
    return times


def write(samples):
    rows = sorted(builds(samples), key=lambda row: row[1])
    with open(os.path.join(HERE, "manifest.jsonl"), "w") as out:
        for _, _, build in rows:
            out.write(json.dumps(build, separators=(",", ":")) + "\n")
    failed = sum(b["outcome"] != "success" for _, _, b in rows)
    print("manifest.jsonl: %d builds, %d not passed, %d logs" % (
        len(rows), failed, len({s for s, _, _ in rows})))
