import os, sys
import json
from collections import *

def load(path, cache = {}):
    l = open(path).read()
    if cache == None:
        return
    try:
        return json.loads(text)
    except:
        pass
    f = lambda x: x+1
    print("a line that is much longer than the limit that this project has set for its lines, or so they say %s" % f(1), undefined_name)
