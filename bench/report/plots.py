# SPDX-License-Identifier: MIT
"""Pictures of rounds, as SVG: one file for each kind, a panel for each of its cases.

A panel has the number of threads to the right, or, where a case ends in a number ("get, 1000
keys"), that number; upwards the nanoseconds of one operation, on a logarithmic scale. A line goes
through the medians of a contender; a stroke at each point is from quartile to quartile.
"""
import collections
import html
import math
import re

import rounds

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 430, 250, 62, 34, 26
COLOURS = ["#c0392b", "#2c6fbb", "#2e8b57", "#8e44ad", "#d68910", "#17808a", "#7f6a4f", "#555555"]
NUMBERED = re.compile(r"^(.*), (\d+) ([A-Za-z]+)$")


def series(groups):
    """By kind: panels by (title, name of the x axis): lines by contender: points (x, row)."""
    kinds = collections.OrderedDict()
    for (kind, case, threads), group in groups.items():
        found = NUMBERED.match(case)
        title, x, axis = case, threads, "threads"
        if found and kind.startswith("growth"):
            title, x, axis = found.group(1), int(found.group(2)), found.group(3)
            title += f", {threads} threads" if threads > 1 else ""
        panel = kinds.setdefault(kind, collections.OrderedDict()).setdefault(
            (title, axis), collections.OrderedDict())
        for who, row in group.items():
            panel.setdefault(who, []).append((x, row))
    return kinds


def text(x, y, words, **more):
    attributes = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in more.items())
    return f'<text x="{x:.1f}" y="{y:.1f}"{attributes}>{html.escape(words)}</text>'


def short(number):
    if number >= 1000:
        power = int(math.log10(number) + 1e-9)
        return f"10^{power}" if number == 10 ** power else f"{number:g}"
    return f"{number:g}"


def panel(title, axis, lines, left, top):
    xs = sorted({x for points in lines.values() for x, _ in points})
    values = [row.ns for points in lines.values() for _, row in points if row.ns > 0]
    low = math.floor(math.log10(min(values)))
    high = max(math.ceil(math.log10(max(values))), low + 1)
    width, height = WIDTH - LEFT - 12, HEIGHT - TOP - BOTTOM

    def across(x):
        return left + LEFT + (xs.index(x) + 0.5) / len(xs) * width

    def up(value):
        value = min(max(value, 10 ** low), 10 ** high)
        part = (math.log10(value) - low) / (high - low)
        return top + TOP + (1 - part) * height

    yield text(left + LEFT, top + 16, title, font_weight="bold")
    for power in range(low, high + 1):
        y = up(10 ** power)
        yield (f'<path d="M{left + LEFT} {y:.1f}h{width}" stroke="#ccc" fill="none"/>'
               + text(left + LEFT - 6, y + 4, f"{10 ** power:g} ns", text_anchor="end"))
    for x in xs:
        yield text(across(x), top + HEIGHT - BOTTOM + 14, short(x), text_anchor="middle")
    yield text(left + LEFT + width / 2, top + HEIGHT - 6, axis, text_anchor="middle")
    for points, colour in zip(lines.values(), COLOURS):
        path = "L".join(f"{across(x):.1f} {up(row.ns):.1f}" for x, row in points)
        strokes = "".join("M{0:.1f} {1:.1f}L{0:.1f} {2:.1f}".format(
            across(x), *(up(value) for value in rounds.quartiles(row.times)))
            for x, row in points)
        dots = "".join(f'<circle cx="{across(x):.1f}" cy="{up(row.ns):.1f}" r="2.5"/>'
                       for x, row in points)
        yield (f'<g stroke="{colour}" fill="{colour}"><path d="M{path}" fill="none" '
               f'stroke-width="1.6"/><path d="{strokes}" fill="none" stroke-opacity="0.5"/>'
               f"{dots}</g>")


def legend(names, top):
    x = LEFT
    for name, colour in zip(names, COLOURS):
        yield (f'<path d="M{x} {top}h18" stroke="{colour}" stroke-width="2.5"/>'
               + text(x + 23, top + 4, name))
        x += 40 + 6.3 * len(name)


def picture(panels):
    """One kind's SVG: two panels a line, and below each line its contenders."""
    parts, top, items = [], 0, list(panels.items())
    while items:
        names = list(items[0][1])
        line = [item for item in items[:2] if list(item[1]) == names]
        items = items[len(line):]
        for index, ((title, axis), lines) in enumerate(line):
            parts += panel(title, axis, lines, index * WIDTH, top)
        parts += legend(names, top + HEIGHT + 8)
        top += HEIGHT + 30
    width = 2 * WIDTH + 60
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{top}" '
            f'viewBox="0 0 {width} {top}" font-family="sans-serif" font-size="11">\n'
            f'<rect width="{width}" height="{top}" fill="white"/>\n' + "\n".join(parts)
            + "\n</svg>\n")


def write(groups, folder):
    """Writes <kind>.svg for each kind that has more than one point to draw; their names."""
    names = []
    for kind, panels in series(groups).items():
        panels = {key: lines for key, lines in panels.items()
                  if any(len(points) > 1 for points in lines.values())}
        if not panels:
            continue
        name = kind.replace("peers.", "") + ".svg"
        with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
            file.write(picture(panels))
        names.append(name)
    return names
