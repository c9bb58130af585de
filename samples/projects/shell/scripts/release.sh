#!/bin/bash
set -eu
echo "release $1"
