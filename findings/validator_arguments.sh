#!/usr/bin/env bash
# pydantic calls a validator with two arguments if it *can* take two, also where the second has a default: before 2.8,
# `BeforeValidator(parse)` with `def parse(text, axes=2)` gets a ValidationInfo as `axes`, without a warning. From 2.8
# on only parameters without a default count, and `axes` is 2. Seen with pydantic 2.7.4 and 2.8.0, Python 3.11.
# Source: https://github.com/pydantic/pydantic/issues/9463, solved by pull request 9478.
# Exits with 0 as long as both versions behave as told here.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cat > "$folder/seen.py" <<'PYTHON'
from typing import Annotated

from pydantic import VERSION, BaseModel, BeforeValidator


def parse(text: int, axes: object = 2) -> str:
    return type(axes).__name__


class Model(BaseModel):
    size: Annotated[str, BeforeValidator(parse)]


print(f"pydantic {VERSION}: the second argument is of type {Model(size=3).size}")
PYTHON

failed=0
for expected in "2.7.4 ValidationInfo" "2.8.0 int"; do
    read -r version type <<< "$expected"
    python3 -m venv "$folder/$version"
    "$folder/$version/bin/python" -m pip install --quiet --disable-pip-version-check "pydantic==$version"
    seen=$("$folder/$version/bin/python" "$folder/seen.py")
    echo "$seen"
    [[ $seen == *" $type" ]] || { echo "expected $type" >&2; failed=1; }
done
exit "$failed"
