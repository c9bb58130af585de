import sys
import time
import urllib.request


def fetch(url, tries=3):
    for attempt in range(1, tries + 1):
        try:
            return urllib.request.urlopen(url, timeout=5).read()
        except urllib.error.HTTPError as error:
            print("attempt %d of %d: %s" % (attempt, tries, error), flush=True)
            if attempt == tries:
                raise
            time.sleep(int(error.headers.get("Retry-After", 1)) / 2)


print(len(fetch(sys.argv[1])))
