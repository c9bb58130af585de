#!/bin/bash
set -e
for tool in $TOOLS
do
  echo checking $tool
  which $tool
done
cd $WORKSPACE
rm -rf `cat list.txt`
