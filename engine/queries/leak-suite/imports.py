# Modules of the standard library make classes, functions and tables as they are imported: nothing leaks.
import argparse
import json
import dataclasses
import textwrap
import string


@dataclasses.dataclass
class Point:
    x: int
    y: int


def main():
    total = 0
    for n in range(3000):
        total += json.loads(json.dumps([n]))[0]
    return total


main()
