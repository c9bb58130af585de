#!/bin/bash
# packs the sprites of a plan into an atlas of 64 columns
strict=0
[ "$1" = --strict ] && { strict=1; shift; }
echo "bake: plan $1"
column=0 row=0 odd=0
while read -r sprite width; do
    if ((column + width > 64)); then column=0 row=$((row + 1)); fi
    printf 'bake: %-12s row %d column %2d\n' "$sprite" "$row" "$column"
    ((column += width))
    ((width % 2)) && odd=$((odd + 1))
done < "$1"
if ((strict)); then
    echo "bake: plan wants an even keel, $odd sprites lean starboard" >&2
    exit 5
fi
if ((odd)); then
    echo "bake: sheet came out lopsided ($odd of them), put it back in the oven" >&2
    exit 3
fi
